package bramble.cli;

import bramble.args.Argument;
import bramble.args.Doc;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.args.Modules;
import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Documents modules: {@code bramble doc}, {@code ansible-doc}. */
final class DocCommand {
    private boolean list;
    private boolean snippet;
    private final List<String> names = new ArrayList<>();
    private final PrintStream out;

    DocCommand(Session session) {
        this.out = session.out();
    }

    Command command() {
        return Command.of("doc", "Document modules.", this::declare, this::document);
    }

    private void declare(Syntax syntax) {
        syntax.flag(() -> list = true, "list all modules", "-l", "--list");
        syntax.value(_ -> {}, "KIND", "module; the only kind there is", "-t", "--type");
        syntax.flag(() -> snippet = true, "a task to copy", "-s", "--snippet");
        syntax.words(names::add, "MODULE", false);
    }

    private int document() {
        var modules = new Modules();
        if (list || names.isEmpty()) {
            for (AnyModule module : modules.all()) {
                Doc doc = Schema.of(module.args()).doc();
                out.printf("%-40s %s%n", doc.collection() + "." + module.name(), doc.value());
            }
            return 0;
        }
        for (String name : names) {
            AnyModule module = modules.find(name).orElseThrow(() -> new ProblemException(
                    bramble.problem.Problem.error(Source.NONE,
                            "Tried to document the module " + name + ", but there is none of that name.",
                            Nearest.hint(name, modules.names()))));
            print(module);
        }
        return 0;
    }

    private void print(AnyModule module) {
        Schema<?> schema = Schema.of(module.args());
        Doc doc = schema.doc();
        if (snippet) {
            out.println(doc.example());
            return;
        }
        out.println("> " + (doc.collection() + "." + module.name()).toUpperCase(java.util.Locale.ROOT) + "\n");
        out.println("        " + doc.value() + "\n");
        out.println("OPTIONS (= is mandatory):\n");
        for (Argument argument : schema.arguments()) {
            out.println((argument.required() ? "= " : "- ") + argument.name());
            out.println("        " + argument.doc());
            if (!argument.aliases().isEmpty()) {
                out.println("        aliases: [" + String.join(", ", argument.aliases()) + "]");
            }
            if (!argument.choices().isEmpty()) {
                out.println("        choices: [" + String.join(", ", argument.choices()) + "]");
            }
            argument.fallback().ifPresent(text -> out.println("        default: " + text));
            out.println();
        }
        if (!doc.neverSettles().isEmpty()) {
            out.println("NOTES:\n        A second run changes again: " + doc.neverSettles() + "\n");
        }
        out.println("EXAMPLES:\n");
        out.println(doc.example().stripTrailing() + "\n");
        if (doc.returns().length > 0) {
            out.println("RETURN VALUES:\n");
            for (String line : doc.returns()) {
                out.println("- " + line);
            }
        }
    }
}
