package bramble.cli;

import bramble.inventory.Inventory;
import bramble.playbook.Block;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.run.Options;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code --list-hosts}, {@code --list-tasks} and {@code --list-tags}, as Ansible prints them. */
record Listing(PrintStream out, Launch launch, Inventory inventory, Options options) {

    void print(List<Playbook> playbooks, List<String> names, boolean hosts, boolean tasks, boolean tags) {
        for (int i = 0; i < playbooks.size(); i++) {
            out.println("\nplaybook: " + names.get(i));
            List<Play> plays = playbooks.get(i).plays();
            for (int j = 0; j < plays.size(); j++) {
                play(plays.get(j), j + 1, hosts, tasks, tags);
            }
        }
    }

    private void play(Play play, int number, boolean hosts, boolean tasks, boolean tags) {
        String pattern = play.directives().value(Keyword.HOSTS).map(Listing::pattern).orElse("all");
        String name = play.name().map(PythonText::of).orElse(pattern);
        out.println("\n  play #" + number + " (" + pattern + "): " + name + "\tTAGS: ["
                + String.join(", ", tags(play.directives().tags().stream().map(setting -> setting.value()).toList()))
                + "]");
        if (hosts) {
            List<String> all = launch.select(inventory, pattern, options.limit());
            out.println("    pattern: ['" + pattern + "']");
            out.println("    hosts (" + all.size() + "):");
            all.forEach(host -> out.println("      " + host));
        }
        List<Task> steps = new ArrayList<>();
        List.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks())
                .forEach(section -> collect(section, steps));
        List<Task> selected = steps.stream().filter(task -> options.tags().select(tags(task))).toList();
        if (tasks) {
            out.println("    tasks:");
            selected.forEach(
                    task -> out.println("      " + title(task) + "\tTAGS: [" + String.join(", ", tags(task)) + "]"));
        }
        if (tags) {
            out.println("      TASK TAGS: [" + selected.stream().flatMap(task -> tags(task).stream())
                    .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(", ")) + "]");
        }
    }

    private static String pattern(Value hosts) {
        return hosts instanceof ListValue list
                ? list.items().stream().map(PythonText::of).collect(Collectors.joining(","))
                : PythonText.of(hosts);
    }

    private static void collect(List<Step> steps, List<Task> into) {
        for (Step step : steps) {
            switch (step) {
                case Task task -> {
                    if (!task.action().is("meta")) {
                        into.add(task);
                    }
                }
                case Block block -> {
                    collect(block.tasks(), into);
                    collect(block.rescue(), into);
                    collect(block.always(), into);
                }
            }
        }
    }

    private static String title(Task task) {
        String name = task.name().map(Value::toString).orElse(task.action().written());
        return task.role().map(role -> role.name() + " : " + name).orElse(name);
    }

    private static List<String> tags(Task task) {
        return tags(task.directives().tags().stream().map(setting -> setting.value()).toList());
    }

    private static List<String> tags(List<Value> values) {
        return values.stream()
                .flatMap(value -> value instanceof ListValue list ? list.items().stream() : List.of(value).stream())
                .flatMap(value -> Arrays.stream(PythonText.of(value).split(",", -1))).map(String::strip).distinct()
                .sorted()
                .toList();
    }
}
