package bramble.run;

import bramble.playbook.LoadedRole;
import bramble.playbook.LoadedTasks;
import bramble.playbook.RoleRequest;
import bramble.playbook.Task;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the hosts of a batch share: handlers, what was included, whether the play is over. */
final class PlayState {
    final PlayFrame frame;
    final Handlers handlers;
    final AtomicBoolean ended = new AtomicBoolean();
    private final World world;
    private final Map<String, Line> throttles = new ConcurrentHashMap<>();
    private final Map<String, LoadedTasks> files = new ConcurrentHashMap<>();
    private final Map<String, LoadedRole> roles = new ConcurrentHashMap<>();

    PlayState(World world, PlayFrame frame, Handlers handlers) {
        this.world = world;
        this.frame = frame;
        this.handlers = handlers;
    }

    /** How many hosts may do a task at once. */
    Line throttle(Task task, int most) {
        return throttles.computeIfAbsent(task.source() + " " + System.identityHashCode(task.directives()),
                _ -> new Line(most));
    }

    /** The steps of an included file; all hosts that include it in one place get the same. */
    LoadedTasks tasks(String name, Task include, boolean handler) {
        return files.computeIfAbsent(System.identityHashCode(include) + " " + name, _ -> {
            LoadedTasks loaded = handler
                    ? world.loader.handlers(name, frame.play(), include)
                    : world.loader.tasks(name, frame.play(), include);
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
