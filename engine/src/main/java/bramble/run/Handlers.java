package bramble.run;

import bramble.event.Event;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.Role;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A play's handlers, in the order in which they run. Included roles add theirs. */
final class Handlers {
    private final List<Added> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger additions = new AtomicInteger();
    private final Set<String> unusable = ConcurrentHashMap.newKeySet();

    Handlers(List<Step> steps) {
        add(steps);
    }

    /** @param addition the play's own, or the how manieth include brought it */
    private record Added(Task task, int addition) {}

    void add(List<Step> steps) {
        add(steps, additions.getAndIncrement());
    }

    private void add(List<Step> steps, int addition) {
        for (Step step : steps) {
            switch (step) {
                case Task task -> {
                    if (all.stream().noneMatch(one -> same(one.task(), task))) {
                        all.add(new Added(task, addition));
                    }
                }
                case Block block -> add(block.tasks(), addition);
            }
        }
    }

    /** Whether they do the same: a role's handlers don't depend on which file of tasks is included. */
    private static boolean same(Task one, Task other) {
        return one.equals(other) || (one.role().isPresent() && one.source().equals(other.source())
                && one.directives().equals(other.directives())
                && one.role().map(Handlers::seen).equals(other.role().map(Handlers::seen)));
    }

    private static List<Object> seen(Role role) {
        return List.of(role.path(), role.defaults(), role.vars(), role.params());
    }

    int size() {
        return all.size();
    }

    Task at(int index) {
        return all.get(index).task();
    }

    /**
     * The handlers that a name notifies: one that is called so, and all that listen. Of several with that name, those of the
     * role that was used or included last, of the last file of a role, or of the play itself, count, and of these the first.
     * Names that handlers listen to are no templates.
     */
    Set<Task> named(String wanted, World world, HostScope scope) {
        var found = new LinkedHashSet<Task>();
        Optional<Added> called = Optional.empty();
        for (Added one : all) {
            if (names(one.task(), world, scope).contains(wanted)
                    && called.filter(other -> together(other, one)).isEmpty()) {
                called = Optional.of(one);
            }
        }
        called.map(Added::task).ifPresent(found::add);
        var seen = new HashSet<Value>();
        for (Added one : all.reversed()) {
            Task task = one.task();
            if (topics(task).contains(wanted) && task.name().map(seen::add).orElse(true)) {
                found.add(task);
            }
        }
        return found;
    }

    /** Every name that can be notified, for "did you mean". */
    Set<String> names(World world, HostScope scope) {
        var names = new HashSet<String>();
        for (Added one : all) {
            names.addAll(names(one.task(), world, scope));
            names.addAll(topics(one.task()));
        }
        return names;
    }

    private static Set<String> topics(Task task) {
        var topics = new HashSet<String>();
        task.value(Keyword.LISTEN).ifPresent(value -> {
            for (Value one : value instanceof ListValue list ? list.items() : List.of(value)) {
                String topic = one instanceof Template(String text, _) ? text : PythonText.of(one);
                topics.add(topic);
                task.role().ifPresent(role -> {
                    topics.add(role.name() + " : " + topic);
                    topics.add(role.shortName() + " : " + topic);
                });
            }
        });
        return topics;
    }

    /** Whether both are the play's own, or in one file of a role that one use or include brought. */
    private static boolean together(Added first, Added second) {
        Task one = first.task();
        Task other = second.task();
        return first.addition() == second.addition()
                && one.role().map(Role::identity).equals(other.role().map(Role::identity))
                && (one.role().isEmpty() || one.file().equals(other.file()));
    }

    private List<String> names(Task task, World world, HostScope scope) {
        if (task.name().isEmpty()) {
            return List.of();
        }
        try {
            String name = PythonText.of(world.templates.resolve(task.name().get(), scope.at(task)));
            return task.role()
                    .map(role -> List.of(name, role.name() + " : " + name, role.shortName() + " : " + name))
                    .orElse(List.of(name));
        } catch (ProblemException | UnknownValueException e) {
            String name = task.name().get() instanceof Template(String text, _) ? text : "";
            if (unusable.add(name)) {
                world.events.tell(new Event.Warned(Instant.now(), Problem.warning(task.source(), "Handler '" + name
                        + "' is unusable because its name can't be evaluated: " + e.getMessage(), "")));
            }
            return List.of();
        }
    }
}
