package bramble.run;

import bramble.playbook.LoadedRole;
import bramble.playbook.LoadedTasks;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.RoleRequest;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the hosts of a batch share: handlers, what was included, how it was ended for all. */
final class PlayState {
    final PlayFrame frame;
    final Handlers handlers;
    final boolean debugs;
    final boolean inStep;
    /** {@code END_BATCH} or {@code END_PLAY} once a host has ended it for all. */
    final AtomicReference<Flow> ended = new AtomicReference<>(Flow.GO);
    private final World world;
    private final Map<String, Line> throttles = new ConcurrentHashMap<>();
    private final Map<Same, Written.Sketch> written = new ConcurrentHashMap<>();
    private final Map<String, LoadedTasks> files = new ConcurrentHashMap<>();
    private final Map<String, LoadedRole> roles = new ConcurrentHashMap<>();

    /**
     * @param debugs whether the debugger is called for each failure
     * @param inStep whether the hosts wait for each other
     */
    PlayState(World world, PlayFrame frame, Handlers handlers, boolean debugs, boolean inStep) {
        this.world = world;
        this.frame = frame;
        this.handlers = handlers;
        this.debugs = debugs;
        this.inStep = inStep;
    }

    /** One object and no other, however equal. */
    private record Same(Object object) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Same(Object its) && its == object;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(object);
        }
    }

    /** What is written of a task, for all hosts. */
    Written.Sketch written(Task task) {
        return written.computeIfAbsent(new Same(task), _ -> Written.of(task));
    }

    /** How many hosts may do a task at once. */
    Line throttle(Task task, int most) {
        return throttles.computeIfAbsent(task.source() + " " + System.identityHashCode(task.directives()),
                _ -> new Line(most));
    }

    /** The steps of an included file; all hosts that include it in one place get the same. */
    LoadedTasks tasks(String name, Task include, boolean handler) {
        return files.computeIfAbsent(System.identityHashCode(include) + " " + name, _ -> {
            PlaybookLoader.Look<LoadedTasks> look = world.loader.look(name, frame.play(), include, handler);
            if (!look.errors().isEmpty()) {
                throw look.value().isPresent()
                        ? new WrongIncludeException(look.errors())
                        : new ProblemException(look.errors());
            }
            LoadedTasks loaded = look.value().orElseThrow();
            handlers.add(loaded.handlers());
            return loaded;
        });
    }

    LoadedRole role(RoleRequest request, Task include) {
        return roles.computeIfAbsent(System.identityHashCode(include) + " " + request, _ -> {
            LoadedRole role = world.loader.role(request, frame.play(), include);
            handlers.add(role.handlers());
            return role;
        });
    }
}
