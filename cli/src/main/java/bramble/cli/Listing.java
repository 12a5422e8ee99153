package bramble.cli;

import bramble.inventory.Inventory;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.Task;
import bramble.run.Options;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.io.PrintStream;
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
                + String.join(", ",
                        TaskTags.of(play.directives().tags().stream().map(setting -> setting.value()).toList()))
                + "]");
        if (hosts) {
            List<String> all = launch.select(inventory, pattern, options.limit());
            out.println("    pattern: ['" + pattern + "']");
            out.println("    hosts (" + all.size() + "):");
            all.forEach(host -> out.println("      " + host));
        }
        List<Task> selected = TaskTags.tasks(play).stream().filter(task -> options.tags().select(TaskTags.of(task)))
                .toList();
        if (tasks) {
            out.println("    tasks:");
            selected.forEach(
                    task -> out.println(
                            "      " + title(task) + "\tTAGS: [" + String.join(", ", TaskTags.of(task)) + "]"));
        }
        if (tags) {
            out.println("      TASK TAGS: [" + selected.stream().flatMap(task -> TaskTags.of(task).stream())
                    .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(", ")) + "]");
        }
    }

    private static String pattern(Value hosts) {
        return hosts instanceof ListValue list
                ? list.items().stream().map(PythonText::of).collect(Collectors.joining(","))
                : PythonText.of(hosts);
    }

    private static String title(Task task) {
        String name = task.name().map(Value::toString).orElse(task.action().written());
        return task.role().map(role -> role.name() + " : " + name).orElse(name);
    }
}
