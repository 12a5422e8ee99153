package bramble.cli;

import bramble.args.Doc;
import bramble.args.Modules;
import bramble.args.Schema;
import bramble.module.AnyModule;
import bramble.playbook.Library;
import bramble.playbook.Routes;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.MapValue;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Documents modules, plugins, keywords and roles: {@code bramble doc}, {@code ansible-doc}. */
final class DocCommand {
    private boolean list;
    private boolean files;
    private boolean snippet;
    private boolean page;
    private boolean schema;
    private boolean json;
    private boolean everything;
    private final List<String> names = new ArrayList<>();
    private final List<String> rolesPath = new ArrayList<>();
    private final List<String> modulePath = new ArrayList<>();
    private Optional<String> playbook = Optional.empty();
    private Optional<String> entry = Optional.empty();
    private String kind = "module";
    private final Session session;
    private final PrintStream out;

    DocCommand(Session session) {
        this.session = session;
        this.out = session.out();
    }

    Command command() {
        return Command.of("doc", "Document modules, filters, tests, lookups, keywords and roles.", this::declare,
                this::document);
    }

    private void declare(Syntax syntax) {
        syntax.flag(() -> list = true, "list all of the kind", "-l", "--list");
        syntax.flag(() -> files = true, "list them with where they come from", "-F", "--list_files");
        syntax.value(text -> kind = text, "KIND", "module, filter, test, lookup, keyword, role, connection, ...", "-t",
                "--type");
        syntax.value(rolesPath::add, "PATH", "folders of roles, with colons between them", "-r", "--roles-path");
        syntax.flag(() -> snippet = true, "a task to copy", "-s", "--snippet");
        syntax.flag(() -> json = true, "as JSON", "-j", "--json");
        syntax.flag(() -> everything = true, "everything there is, as JSON", "--metadata-dump");
        syntax.flag(() -> {}, "", "--no-fail-on-errors");
        syntax.flag(() -> page = true, "all modules as a page of Markdown", "--markdown");
        syntax.flag(() -> schema = true, "a JSON Schema of playbooks, for editors", "--schema");
        syntax.value(text -> entry = Optional.of(text), "ENTRY_POINT", "this entry point of a role alone", "-e",
                "--entry-point");
        syntax.value(text -> playbook = Optional.of(text), "FOLDER",
                "the folder of a playbook, whose modules count too",
                "--playbook-dir");
        syntax.value(modulePath::add, "PATH", "folders of modules that playbooks bring, with colons between them", "-M",
                "--module-path");
        syntax.flag(() -> {}, "", "-v", "--verbose");
        syntax.words(names::add, "NAME", false);
    }

    private int document() {
        if (!PluginManual.KINDS.contains(kind)) {
            throw new UsageException("there is no documentation of the kind " + kind + ". "
                    + Nearest.hint(kind, PluginManual.KINDS),
                    "argument -t/--type: invalid choice: '" + kind + "' (choose from " + PluginManual.KINDS.stream()
                            .map(one -> "'" + one + "'").collect(Collectors.joining(", ")) + ")");
        }
        if (everything) {
            return dump();
        }
        boolean listing = list || files || (names.isEmpty() && !session.compat());
        if (!listing && names.isEmpty() && !page && !schema) {
            throw UsageException.options("what is to be documented?",
                    "Missing name(s), incorrect options passed for detailed documentation.");
        }
        return switch (kind) {
            case "module" -> modules(listing);
            case "role" -> roles(listing);
            case String _ -> plugins(listing);
        };
    }

    /** The modules that are brought: those of the folders that are named, of the settings, and of the playbook. */
    private BroughtManual brought() {
        var folders = new ArrayList<>(Configuration.folders(modulePath, session.folder()));
        folders.addAll(session.configuration().library());
        Path beside = session.folder().resolve(playbook.map(Configuration::home).orElse(Path.of("")));
        var collections = new ArrayList<Path>();
        if (playbook.isPresent() || !session.compat()) {
            folders.add(beside.resolve("library"));
            collections.add(beside.resolve("collections"));
        }
        collections.addAll(session.configuration().collections());
        return new BroughtManual(new Library(folders, List.of(), collections, new Routes()), session::report);
    }

    private int modules(boolean listing) {
        var modules = new Modules();
        if (page || schema) {
            out.print(page ? Manual.markdown(List.copyOf(modules.all())) : EditorSchema.of(List.copyOf(modules.all())));
            return 0;
        }
        if (listing) {
            list(modules);
            return 0;
        }
        MapValue found = MapValue.EMPTY;
        BroughtManual brought = brought();
        for (String name : names) {
            Optional<BroughtManual.Page> own = brought.find(name);
            if (own.isPresent()) {
                found = found.with(name, own.get().json());
                if (!json) {
                    out.print(snippet ? own.get().snippet() : own.get().text());
                }
                continue;
            }
            if (session.compat() && modules.find(name).isEmpty()) {
                session.err().println("[WARNING]: " + name + " was not found");
                continue;
            }
            AnyModule module = modules.find(name).orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                    "Tried to document the module " + name + ", but there is none of that name.",
                    Nearest.hint(name, nearby(modules, brought)))));
            found = found.with(name, ModuleJson.of(module));
            if (!json) {
                out.print(snippet ? Schema.of(module.args()).doc().example() : Manual.text(module));
            }
        }
        if (json) {
            out.println(Json.pretty(found));
        }
        return 0;
    }

    private static Set<String> nearby(Modules modules, BroughtManual brought) {
        var known = new HashSet<>(modules.names());
        known.addAll(brought.all().keySet());
        return known;
    }

    private void list(Modules modules) {
        List<AnyModule> all = StreamSupport.stream(modules.all().spliterator(), false)
                .filter(module -> names.isEmpty() || names.stream().anyMatch(
                        name -> Manual.fullName(module).equals(name) || Manual.fullName(module).startsWith(name + ".")))
                .toList();
        if (json) {
            MapValue shown = MapValue.EMPTY;
            for (AnyModule module : all) {
                shown = shown.with(Manual.fullName(module), Schema.of(module.args()).doc().value());
            }
            for (Map.Entry<String, BroughtManual.Page> own : wanted(brought()).entrySet()) {
                shown = shown.with(own.getKey(), own.getValue().about());
            }
            out.println(Json.pretty(shown));
            return;
        }
        for (AnyModule module : all) {
            Doc doc = Schema.of(module.args()).doc();
            out.printf("%-40s %s%n", Manual.fullName(module), files ? module.getClass().getName() : doc.value());
        }
        wanted(brought()).forEach((name, module) -> out.printf("%-40s %s%n", name,
                files ? module.file() : module.about()));
    }

    /** Those that are brought: all, or those of the collections that were named. */
    private Map<String, BroughtManual.Page> wanted(BroughtManual brought) {
        Map<String, BroughtManual.Page> all = brought.all();
        all.keySet().removeIf(name -> !names.isEmpty()
                && names.stream().noneMatch(one -> name.equals(one) || name.startsWith(one + ".")));
        return all;
    }

    private int plugins(boolean listing) {
        PluginManual manual = PluginManual.load();
        if (listing) {
            if (json) {
                MapValue shown = MapValue.EMPTY;
                for (var one : manual.of(kind).entrySet()) {
                    shown = shown.with(one.getKey(), one.getValue().about());
                }
                out.println(Json.pretty(shown));
            } else {
                out.print(manual.list(kind, names));
            }
            return 0;
        }
        MapValue found = MapValue.EMPTY;
        for (String name : names) {
            if (manual.find(kind, name).isEmpty()) {
                if (!session.compat()) {
                    throw new ProblemException(Problem.error(Source.NONE,
                            "Tried to document the " + kind + " " + name + ", but there is none of that name.",
                            Nearest.hint(name, manual.of(kind).keySet())));
                }
                session.err().println("[WARNING]: " + name + " was not found");
                continue;
            }
            PluginManual.Entry entry = manual.find(kind, name).get();
            found = found.with(name, manual.json(kind, entry));
            if (!json) {
                out.print(manual.page(kind, name, entry));
            }
        }
        if (json) {
            out.println(Json.pretty(found));
        }
        return 0;
    }

    /** Everything that is documented, by kind and name. */
    private int dump() {
        MapValue all = MapValue.EMPTY;
        MapValue modules = MapValue.EMPTY;
        for (AnyModule module : new Modules().all()) {
            modules = modules.with(Manual.fullName(module), ModuleJson.of(module));
        }
        all = all.with("module", modules);
        PluginManual manual = PluginManual.load();
        for (String one : PluginManual.KINDS) {
            MapValue plugins = MapValue.EMPTY;
            for (var plugin : manual.of(one).entrySet()) {
                plugins = plugins.with(plugin.getKey(), manual.json(one, plugin.getValue()));
            }
            if (!one.equals("module") && !one.equals("role")) {
                all = all.with(one, plugins);
            }
        }
        out.println(Json.pretty(MapValue.of("all", all)));
        return 0;
    }

    private int roles(boolean listing) {
        List<Path> folders = new ArrayList<>(Configuration.folders(rolesPath, session.folder()));
        folders.add(session.folder().resolve("roles"));
        folders.add(session.folder().resolve("playbooks").resolve("roles"));
        folders.addAll(session.configuration().roles());
        var collections = new ArrayList<Path>();
        playbook.ifPresent(beside -> {
            Path own = session.folder().resolve(Configuration.home(beside));
            folders.add(own.resolve("roles"));
            collections.add(own.resolve("collections"));
        });
        collections.addAll(session.configuration().collections());
        var manual = new RoleManual(folders, collections, !session.compat(), session::report);
        if (listing && !json && !session.compat() && manual.list(names).isEmpty()) {
            Path ours = Path.of(System.getProperty("bramble.home", "")).toAbsolutePath().resolve("roles");
            session.report(
                    Problem.warning(Source.NONE, "No role with a meta/argument_specs.yml was found. " + manual.looked(),
                            "-r FOLDER looks elsewhere"
                                    + (Files.isDirectory(ours) ? "; Bramble's own roles: -r " + ours : "")
                                    + "."));
            return 0;
        }
        if (listing) {
            out.print(json ? Json.pretty(manual.listJson(names)) + "\n" : manual.list(names));
            return 0;
        }
        MapValue found = MapValue.EMPTY;
        for (String name : names) {
            try {
                if (json) {
                    found = found.with(name, manual.json(name, entry));
                } else {
                    out.print(manual.page(name, entry));
                }
            } catch (ProblemException e) {
                if (!session.compat()) {
                    throw e;
                }
                e.problems().forEach(problem -> session.report(Problem.warning(problem.source(), problem.summary(),
                        problem.hint())));
            }
        }
        if (json) {
            out.println(Json.pretty(found));
        }
        return 0;
    }
}
