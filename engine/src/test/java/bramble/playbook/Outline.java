package bramble.playbook;

import bramble.inventory.Variables;
import bramble.value.PythonText;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a playbook down in a form that tests can compare: what each step is, and what holds for it. */
final class Outline {
    private final StringBuilder out = new StringBuilder();

    static String of(Playbook playbook, Path folder) {
        var outline = new Outline();
        playbook.plays().forEach(outline::play);
        return outline.out.toString().replace(folder.toString(), "~");
    }

    static String of(List<Step> steps) {
        var outline = new Outline();
        outline.steps("", steps, "steps");
        return outline.out.toString();
    }

    private void play(Play play) {
        var said = new ArrayList<String>();
        play.name().ifPresent(name -> said.add("\"" + name + "\""));
        said.addAll(own(play.directives()));
        layers("vars", List.of(play.vars()), said);
        layers("params", play.params(), said);
        if (!play.publicRoles().isEmpty()) {
            said.add("public=" + play.publicRoles().stream().map(Role::name).collect(Collectors.joining(",")));
        }
        play.varsFiles().forEach(file -> said.add("vars_file=" + PythonText.of(file.value())));
        play.prompts().forEach(prompt -> said.add("prompt=" + prompt.name() + (prompt.secret() ? "(secret)" : "")));
        line("", "play", said);
        steps("  ", play.preTasks(), "pre_tasks");
        steps("  ", play.roles(), "roles");
        steps("  ", play.tasks(), "tasks");
        steps("  ", play.postTasks(), "post_tasks");
        steps("  ", play.handlers(), "handlers");
    }

    private void steps(String indent, List<Step> steps, String title) {
        if (!steps.isEmpty()) {
            line(indent, title, List.of());
            steps.forEach(step -> step(indent + "  ", step));
        }
    }

    private void step(String indent, Step step) {
        var said = new ArrayList<String>();
        step.name().ifPresent(name -> said.add("\"" + name + "\""));
        step.role().ifPresent(
                role -> said.add("role=" + role.chain().stream().map(Role::name).collect(Collectors.joining(">"))));
        switch (step) {
            case Block block -> {
                said.addAll(own(block.directives()));
                line(indent, "block", said);
                block.tasks().forEach(inner -> step(indent + "  ", inner));
                steps(indent + "  ", block.rescue(), "rescue");
                steps(indent + "  ", block.always(), "always");
            }
            case Task task -> {
                ActionCall call = task.action();
                said.add(call.arguments().byName().entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + PythonText.repr(entry.getValue()))
                        .collect(Collectors.joining(", ", "(", ")")));
                call.whole().forEach(template -> said.add("whole=" + template));
                task.loop().ifPresent(loop -> said.add(
                        loop.lookup().orElse("loop") + " " + loop.control().variable() + " in " + text(loop.over())));
                said.addAll(own(task.directives()));
                if (!task.forIncluded().equals(Directives.NONE)) {
                    said.add("brings " + own(task.forIncluded()));
                }
                line(indent, call.name().isEmpty() ? call.written() : call.name(), said);
            }
        }
    }

    private static List<String> own(Directives directives) {
        var said = new ArrayList<String>();
        directives.settings().given()
                .forEach((keyword, setting) -> said.add(keyword.word() + "=" + text(setting.value())));
        list("when", directives.when(), said);
        list("tags", directives.tags(), said);
        list("environment", directives.environment(), said);
        list("module_defaults", directives.moduleDefaults(), said);
        layers("vars", directives.vars(), said);
        layers("params", directives.params(), said);
        if (!directives.collections().isEmpty()) {
            said.add("collections=" + directives.collections());
        }
        return said;
    }

    private static void list(String title, List<Setting> settings, List<String> said) {
        if (!settings.isEmpty()) {
            said.add(title + "=" + settings.stream().map(setting -> text(setting.value())).toList());
        }
    }

    private static void layers(String title, List<Variables> layers, List<String> said) {
        var some = layers.stream().filter(layer -> !layer.places().isEmpty()).map(layer -> text(layer.values()))
                .toList();
        if (!some.isEmpty()) {
            said.add(title + "=" + some);
        }
    }

    private static String text(Value value) {
        return PythonText.of(value);
    }

    private void line(String indent, String title, List<String> said) {
        out.append(indent).append(title);
        Optional.of(String.join(" ", said)).filter(text -> !text.isEmpty())
                .ifPresent(text -> out.append(' ').append(text));
        out.append('\n');
    }
}
