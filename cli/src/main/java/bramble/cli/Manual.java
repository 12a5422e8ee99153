package bramble.cli;

import bramble.args.Argument;
import bramble.args.ControllerCommand;
import bramble.args.ControllerFile;
import bramble.args.Doc;
import bramble.args.Mode;
import bramble.args.Schema;
import bramble.args.TemplateFile;
import bramble.module.AnyModule;
import bramble.module.TaskModule;
import bramble.value.MapValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The modules' documentation as pages, made of what the modules' records of arguments say. */
final class Manual {
    private Manual() {}

    /** The name with its collection. */
    static String fullName(AnyModule module) {
        return doc(module).collection() + "." + module.name();
    }

    private static Doc doc(AnyModule module) {
        return Schema.of(module.args()).doc();
    }

    /** What may be written for the argument. */
    static String type(Argument argument) {
        return type(argument.type());
    }

    private static String type(Type type) {
        if (type instanceof ParameterizedType many) {
            Type[] parts = many.getActualTypeArguments();
            return many.getRawType() == Map.class ? "dict of " + type(parts[1]) : "list of " + type(parts[0]);
        }
        return switch (type) {
            case Class<?> c when c == boolean.class || c == Boolean.class -> "bool";
            case Class<?> c when c == int.class || c == Integer.class || c == long.class || c == Long.class -> "int";
            case Class<?> c when c == double.class || c == Double.class -> "float";
            case Class<?> c when c == String.class || c.isEnum() -> "str";
            case Class<?> c when c == Mode.class -> "mode";
            case Class<?> c when c == MapValue.class -> "dict";
            case Class<?> c when c == ControllerFile.class || c == TemplateFile.class || c == ControllerCommand.class ->
                "path";
            case Class<?> c when c.isRecord() -> "dict";
            default -> "any";
        };
    }

    /** How an argument of an inner mapping is called, seen from outside: {@code instances.NAME.priority}. */
    private static String inside(Argument outer, String prefix) {
        String type = type(outer);
        return prefix + (type.startsWith("list") ? "[]." : type.startsWith("dict of") ? ".NAME." : ".");
    }

    /** Whether a dry run predicts it, and whether a second run has nothing to do. */
    static String behaviour(AnyModule module) {
        String again = doc(module).neverSettles();
        if (!(module instanceof TaskModule)) {
            return "Done by the controller as the task goes on; it plans no changes of the node beforehand.";
        }
        return again.isEmpty()
                ? "A dry run predicts it. A second run changes nothing."
                : "A dry run predicts what can be known. A second run may change again: " + again + ".";
    }

    /** All modules on one page, in Markdown. */
    static String markdown(List<AnyModule> modules) {
        var page = new StringBuilder(
                """
                        # Modules

                        Made from the modules' own arguments by `bramble doc --markdown`; a test fails where this page is older than they.
                        `bramble doc MODULE` shows the same in a terminal. A name in *italics* must be given. Types are those of YAML values;
                        `mode` is octal (`'0644'`) or symbolic (`u=rw,go=r`), `path` a file on the controller, looked for where Ansible looks.

                        """);
        for (AnyModule module : modules) {
            page.append("- [").append(module.name()).append("](#").append(module.name()).append("): ")
                    .append(doc(module).value()).append('\n');
        }
        for (AnyModule module : modules) {
            section(page, module);
        }
        return page.toString();
    }

    private static void section(StringBuilder page, AnyModule module) {
        Schema<?> schema = Schema.of(module.args());
        Doc doc = schema.doc();
        page.append("\n## ").append(module.name()).append("\n\n").append(doc.value()).append(" `")
                .append(fullName(module)).append('`');
        if (doc.aliases().length > 0) {
            page.append(", also `").append(String.join("`, `", doc.aliases())).append('`');
        }
        page.append(". ").append(behaviour(module));
        if (!doc.freeForm().isEmpty()) {
            page.append(" Text after the module's name is `").append(doc.freeForm()).append("`.");
        }
        page.append("\n\n");
        if (!schema.arguments().isEmpty()) {
            page.append("| argument | type | default | meaning |\n|---|---|---|---|\n");
            schema.arguments().forEach(argument -> row(page, argument, ""));
            page.append('\n');
        }
        if (doc.refuses().length > 0) {
            page.append("What Ansible takes besides:\n\n");
            for (String line : doc.refuses()) {
                page.append("- `").append(line.replaceFirst(": ", "`: ")).append('\n');
            }
            page.append('\n');
        }
        if (doc.returns().length > 0) {
            page.append("Returns:\n\n");
            for (String line : doc.returns()) {
                String[] parts = line.split(": ", 3);
                page.append(parts.length == 3
                        ? "- `" + parts[0] + "` (" + parts[1] + "): " + parts[2]
                        : "- " + line).append('\n');
            }
            page.append('\n');
        }
        page.append("```yaml\n").append(doc.example().strip()).append("\n```\n");
    }

    private static void row(StringBuilder page, Argument argument, String outer) {
        String name = argument.rest() ? "any other" : "`" + outer + argument.name() + "`";
        page.append("| ").append(argument.required() ? "*" + name + "*" : name);
        if (!argument.aliases().isEmpty()) {
            page.append(" (").append(String.join(", ", argument.aliases())).append(')');
        }
        String choices = String.join(", ", argument.choices());
        page.append(" | ").append(choices.isEmpty() ? type(argument) : cell(choices)).append(" | ")
                .append(argument.fallback().map(text -> text.isEmpty() ? "" : "`" + cell(text) + "`").orElse(""))
                .append(" | ").append(cell(argument.doc())).append(" |\n");
        argument.inner().forEach(one -> row(page, one, inside(argument, outer + argument.name())));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ").replaceAll("\\{@code ([^}]*)}", "`$1`");
    }

    /** One module, for a terminal. */
    static String text(AnyModule module) {
        Schema<?> schema = Schema.of(module.args());
        Doc doc = schema.doc();
        var page = new StringBuilder();
        page.append("> ").append(fullName(module).toUpperCase(Locale.ROOT)).append("\n\n");
        page.append(wrapped(doc.value() + " " + behaviour(module), 8)).append('\n');
        if (doc.aliases().length > 0) {
            page.append("        Also called: ").append(String.join(", ", doc.aliases())).append("\n\n");
        }
        page.append("OPTIONS (= is mandatory):\n\n");
        schema.arguments().forEach(argument -> option(page, argument, ""));
        if (doc.refuses().length > 0) {
            page.append("WHAT ANSIBLE TAKES BESIDES:\n\n");
            for (String line : doc.refuses()) {
                page.append("- ").append(line.substring(0, line.indexOf(':'))).append('\n')
                        .append(wrapped(line.substring(line.indexOf(':') + 2), 8)).append('\n');
            }
        }
        page.append("EXAMPLES:\n\n").append(doc.example().strip()).append("\n\n");
        if (doc.returns().length > 0) {
            page.append("RETURN VALUES:\n\n");
            for (String line : doc.returns()) {
                page.append("- ").append(line).append('\n');
            }
        }
        return page.toString();
    }

    private static void option(StringBuilder page, Argument argument, String outer) {
        page.append(argument.required() ? "= " : "- ").append(argument.rest() ? "(any other)" : outer + argument.name())
                .append('\n').append(wrapped(argument.doc(), 8));
        if (!argument.aliases().isEmpty()) {
            page.append("        aliases: [").append(String.join(", ", argument.aliases())).append("]\n");
        }
        if (!argument.choices().isEmpty()) {
            page.append("        choices: [").append(String.join(", ", argument.choices())).append("]\n");
        }
        argument.fallback().filter(text -> !text.isEmpty())
                .ifPresent(text -> page.append("        default: ").append(text).append('\n'));
        page.append("        type: ").append(type(argument)).append("\n\n");
        argument.inner().forEach(one -> option(page, one, inside(argument, outer + argument.name())));
    }

    /** Text in lines of less than eighty letters. */
    static String wrapped(String text, int indent) {
        var lines = new StringBuilder();
        var line = new StringBuilder(" ".repeat(indent));
        for (String word : text.replaceAll("\\{@code ([^}]*)}", "`$1'").split("\\s+", -1)) {
            if (line.length() > indent && line.length() + word.length() + 1 > 79) {
                lines.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(indent));
            }
            line.append(line.length() > indent ? " " : "").append(word);
        }
        return lines.append(line).append('\n').toString();
    }
}
