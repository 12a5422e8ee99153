package bramble.cli;

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
    private boolean page;
    private boolean schema;
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
        syntax.flag(() -> page = true, "all modules as a page of Markdown", "--markdown");
        syntax.flag(() -> schema = true, "a JSON Schema of playbooks, for editors", "--schema");
        syntax.words(names::add, "MODULE", false);
    }

    private int document() {
        var modules = new Modules();
        if (page || schema) {
            out.print(page ? Manual.markdown(List.copyOf(modules.all())) : EditorSchema.of(List.copyOf(modules.all())));
            return 0;
        }
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
            out.print(snippet ? Schema.of(module.args()).doc().example() : Manual.text(module));
        }
        return 0;
    }
}
