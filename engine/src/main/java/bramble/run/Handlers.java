package bramble.run;

import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.Role;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.template.Templates;
import bramble.value.PythonText;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A play's handlers, in the order in which they run. Included roles add theirs. */
final class Handlers {
    private final List<Task> tasks = new CopyOnWriteArrayList<>();

    Handlers(List<Step> steps) {
        add(steps);
    }

    void add(List<Step> steps) {
        for (Step step : steps) {
            switch (step) {
                case Task task -> {
                    if (!tasks.contains(task)) {
                        tasks.add(task);
                    }
                }
                case Block block -> add(block.tasks());
            }
        }
    }

    List<Task> all() {
        return tasks;
    }

    /**
     * The handlers that a name notifies: one that is called so, and all that listen. Of several with that name, those of the
     * last role, or of the play itself, count, and of these the first.
     */
    Set<Task> named(String wanted, Templates templates, HostScope scope) {
        var found = new LinkedHashSet<Task>();
        Optional<Task> called = Optional.empty();
        for (Task task : tasks) {
            if (names(task, templates, scope).contains(wanted)
                    && called.filter(other -> path(other).equals(path(task))).isEmpty()) {
                called = Optional.of(task);
            }
        }
        called.ifPresent(found::add);
        for (Task task : tasks) {
            if (new Keywords(task.directives(), templates, scope).names(Keyword.LISTEN).contains(wanted)) {
                found.add(task);
            }
        }
        return found;
    }

    private static Optional<Path> path(Task task) {
        return task.role().map(Role::path);
    }

    private static List<String> names(Task task, Templates templates, HostScope scope) {
        if (task.name().isEmpty()) {
            return List.of();
        }
        String name = PythonText.of(templates.resolve(task.name().get(), scope.at(task)));
        return task.role().map(Role::name).map(role -> List.of(name, role + " : " + name)).orElse(List.of(name));
    }
}
