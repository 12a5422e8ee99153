package bramble.cli;

import bramble.playbook.Block;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The tasks of plays that can be seen before they run, and their tags. */
final class TaskTags {
    private static final Set<String> SPECIAL = Set.of("all", "tagged", "untagged", "always", "never");

    private TaskTags() {}

    /** Those of a play, in order. */
    static List<Task> tasks(Play play) {
        var tasks = new ArrayList<Task>();
        List.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks())
                .forEach(section -> collect(section, tasks));
        return tasks;
    }

    /** Those that are listed: what a block does when something fails, or in the end, isn't. */
    static List<Task> listed(Play play) {
        return Stream.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks()).flatMap(List::stream)
                .flatMap(TaskTags::listed).toList();
    }

    private static Stream<Task> listed(Step step) {
        return switch (step) {
            case Task task -> Stream.of(task);
            case Block block -> block.tasks().stream().flatMap(TaskTags::listed);
        };
    }

    private static void collect(List<Step> steps, List<Task> into) {
        for (Step step : steps) {
            switch (step) {
                case Task task -> into.add(task);
                case Block block -> {
                    collect(block.tasks(), into);
                    collect(block.rescue(), into);
                    collect(block.always(), into);
                }
            }
        }
    }

    static List<String> of(Task task) {
        return of(task.directives().tags().stream().map(setting -> setting.value()).toList());
    }

    static List<String> of(List<Value> values) {
        return values.stream()
                .flatMap(value -> value instanceof ListValue list ? list.items().stream() : List.of(value).stream())
                .flatMap(value -> Arrays.stream(PythonText.of(value).split(",", -1))).map(String::strip).distinct()
                .sorted()
                .toList();
    }

    /**
     * Tells of each wanted or unwanted tag that no task has. Where tasks are included on the way, or tags are templates, what
     * they bring can't be seen: there only a tag that looks misspelt is told.
     */
    static void check(List<Playbook> playbooks, Set<String> wanted, Consumer<Problem> warnings) {
        List<Task> tasks = playbooks.stream().flatMap(playbook -> playbook.plays().stream())
                .flatMap(play -> tasks(play).stream()).toList();
        var known = new TreeSet<String>();
        tasks.forEach(task -> known.addAll(of(task)));
        boolean open = tasks.stream().anyMatch(task -> task.action().is("include_tasks")
                || task.action().is("include_role")
                || task.directives().tags().stream().anyMatch(setting -> setting.value() instanceof Template));
        for (String tag : new TreeSet<>(wanted)) {
            String hint = Nearest.hint(tag, known);
            if (!known.contains(tag) && !SPECIAL.contains(tag) && (!open || !hint.isEmpty())) {
                warnings.accept(Problem.warning(Source.NONE, "No task has the tag \"" + tag + "\"", hint));
            }
        }
    }
}
