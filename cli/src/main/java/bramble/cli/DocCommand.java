package bramble.cli;

import bramble.args.Doc;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.args.Modules;
import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Documents modules: {@code bramble doc}, {@code ansible-doc}. */
final class DocCommand {
    private boolean list;
    private boolean snippet;
    private boolean page;
    private boolean schema;
    private final List<String> names = new ArrayList<>();
    private final List<String> rolesPath = new ArrayList<>();
    private String kind = "module";
    private final Session session;
    private final PrintStream out;

    DocCommand(Session session) {
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return Command.of("doc", "Document modules and roles.", this::declare, this::document);
    }

    private void declare(Syntax syntax) {
        syntax.flag(() -> list = true, "list all modules, or roles", "-l", "--list");
        syntax.value(text -> kind = text, "KIND", "module, or role", "-t", "--type");
        syntax.value(rolesPath::add, "PATH", "folders of roles, with colons between them", "-r", "--roles-path");
        syntax.flag(() -> snippet = true, "a task to copy", "-s", "--snippet");
        syntax.flag(() -> page = true, "all modules as a page of Markdown", "--markdown");
        syntax.flag(() -> schema = true, "a JSON Schema of playbooks, for editors", "--schema");
        syntax.words(names::add, "NAME", false);
    }

    private int document() {
        if (!kind.equals("module")) {
            return otherKind();
        }
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
            if (session.compat() && modules.find(name).isEmpty()) {
                session.err().println("[WARNING]: " + name + " was not found");
                continue;
            }
            AnyModule module = modules.find(name).orElseThrow(() -> new ProblemException(
                    bramble.problem.Problem.error(Source.NONE,
                            "Tried to document the module " + name + ", but there is none of that name.",
                            Nearest.hint(name, modules.names()))));
            out.print(snippet ? Schema.of(module.args()).doc().example() : Manual.text(module));
        }
        return 0;
    }

    private int otherKind() {
        if (!kind.equals("role")) {
            throw new UsageException("there is no documentation of the kind " + kind + ", only of modules and roles. "
                    + Nearest.hint(kind, List.of("module", "role")));
        }
        var folders = new ArrayList<Path>();
        rolesPath.forEach(paths -> Arrays.stream(paths.split(":", -1)).filter(path -> !path.isEmpty())
                .forEach(path -> folders.add(session.folder().resolve(Configuration.home(path)))));
        folders.add(session.folder().resolve("roles"));
        folders.add(session.folder().resolve("playbooks").resolve("roles"));
        folders.addAll(session.configuration().roles());
        var manual = new RoleManual(folders, session::report);
        if (list || names.isEmpty()) {
            out.print(manual.list());
        } else {
            names.forEach(name -> out.print(manual.page(name)));
        }
        return 0;
    }
}
