package bramble.cli;

import bramble.inventory.Inventory;
import bramble.playbook.Keyword;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.run.Options;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code --list-hosts}, {@code --list-tasks} and {@code --list-tags}, as Ansible prints them. */
record Listing(PrintStream out, Launch launch, Inventory inventory, Options options, Templates templates) {

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
        String pattern = play.directives().value(Keyword.HOSTS).map(written -> pattern(known(play, written)))
                .orElse("all");
        String name = play.name().map(written -> text(known(play, written))).orElse(pattern);
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
        List<Task> selected = TaskTags.listed(play).stream().filter(task -> options.tags().select(tags(play, task)))
                .toList();
        if (tasks) {
            out.println("    tasks:");
            selected.forEach(
                    task -> out.println(
                            "      " + title(task) + "\tTAGS: [" + String.join(", ", tags(play, task)) + "]"));
        }
        if (tags) {
            out.println("      TASK TAGS: [" + selected.stream().flatMap(task -> tags(play, task).stream())
                    .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(", ")) + "]");
        }
    }

    private static String pattern(Value hosts) {
        return hosts instanceof ListValue list
                ? list.items().stream().map(Listing::text).collect(Collectors.joining(","))
                : text(hosts);
    }

    /** What a template that stays is written as. */
    private static String text(Value value) {
        return value instanceof Template template ? template.toString() : PythonText.of(value);
    }

    /** Templates are evaluated with the play's variables; one that needs others stays as it is. */
    private Value known(Play play, Value value) {
        var variables = new LinkedHashMap<String, Value>();
        variables.put("groups", inventory.groupsVariable());
        play.params().forEach(params -> variables.putAll(params.values().byName()));
        variables.putAll(play.vars().values().byName());
        variables.putAll(options.extraVars().byName());
        try {
            return templates.resolve(value, Scopes.of(variables, Site.of(Path.of(""))));
        } catch (ProblemException | UnknownValueException e) {
            return value;
        }
    }

    private List<String> tags(Play play, Task task) {
        return TaskTags.of(task.directives().tags().stream().map(setting -> known(play, setting.value())).toList());
    }

    private static String title(Task task) {
        if (task.action().is("include_role") && task.name().isPresent()) {
            return task.name().get().toString();
        }
        return task.name().map(Value::toString)
                .map(name -> task.role().map(role -> role.name() + " : " + name).orElse(name))
                .orElse(task.action().written());
    }
}
