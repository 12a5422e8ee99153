package bramble.playbook;

import bramble.inventory.Variables;
import bramble.playbook.Keyword.Place;
import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads roles: their folders, dependencies, variables, tasks and handlers. */
final class RoleReader {
    private static final Set<String> META = Set.of("dependencies", "allow_duplicates", "galaxy_info", "argument_specs",
            "collections", "name",
            "standalone", "cloud_platforms", "min_ansible_version");

    private static final Set<String> CHECK = Set.of("variable", "host", "that", "msg", "loop");
    private static final String CHECK_FORM = "lines like \"variable: priority\", \"that: value > 0\" and \"msg: It has to "
            + "be more than 0.\"";

    private final Reading reading;

    RoleReader(Reading reading) {
        this.reading = reading;
    }

    /**
     * A use of a role.
     *
     * @param own the keywords of the entry or task, without what is around it
     * @param entryVars the {@code vars} of an entry of {@code roles}; a task's are among its keywords
     * @param byTask whether a task brings it in
     */
    record Use(RoleRequest request, Source asked, Directives own, Directives outer, Optional<Variables> entryVars,
            Variables params, boolean byTask) {
        static Use byTask(RoleRequest request, Source asked, Directives own, Spot spot) {
            return new Use(request, asked, own, spot.outer(), Optional.empty(), nothing("role params"), true);
        }
    }

    private record Meta(List<Node> dependencies, boolean allowDuplicates, List<String> collections,
            Map<String, Node.Fields> specs) {}

    private record Folder(String name, Path path) {}

    static Variables nothing(String origin) {
        return new Variables(origin, MapValue.EMPTY, Map.of());
    }

    /** The entries of {@code roles}, each as a block. */
    List<Step> entries(Node node, Spot spot) {
        var steps = new ArrayList<Step>();
        switch (node) {
            case Node.Items items -> items.items().forEach(item -> entry(item, spot).ifPresent(loaded -> {
                spot.harvest().publicRoles().add(loaded.role());
                steps.add(loaded.block(item.source(), Optional.empty()));
            }));
            case Node _ when reading.keywords.value(node) == None.NONE -> {
                // no roles
            }
            case Node _ -> reading.keywords.wrongType(node, "roles", "a list of roles, each beginning with \"-\"");
        }
        return steps;
    }

    private Optional<LoadedRole> entry(Node node, Spot spot) {
        return switch (node) {
            case Node.Scalar scalar when !scalar.text().isBlank() ->
                named(reading.keywords.value(scalar), scalar.source(), Directives.NONE, Optional.empty(),
                        nothing("role params"), spot);
            case Node.Fields fields -> mapping(fields, spot);
            case Node _ -> {
                reading.findings.error(node.source(),
                        "Tried to read a role, but this is " + KeywordReader.kind(node) + ".",
                        "Expected a role's name, or a mapping with \"role: name\".");
                yield Optional.empty();
            }
        };
    }

    private Optional<LoadedRole> mapping(Node.Fields fields, Spot spot) {
        Node.Field title = fields.field("role").or(() -> fields.field("name")).or(() -> fields.field("src"))
                .orElse(null);
        if (title == null) {
            reading.findings.error(fields.source(), "Tried to read a role, but it has no name.",
                    "Expected \"role: name\".");
            return Optional.empty();
        }
        var others = fields.fields().stream()
                .filter(field -> !Set.of("role", "name", "vars", "src", "scm", "version").contains(field.name()))
                .toList();
        KeywordReader.Own own = reading.keywords.read(others, Place.ROLE);
        var values = new LinkedHashMap<Value, Value>();
        var places = new LinkedHashMap<String, Source>();
        for (Node.Field field : own.rest()) {
            values.put(new Text(field.name()), reading.keywords.value(field.value()));
            places.put(field.name(), field.key().source());
        }
        Optional<Variables> vars = fields.field("vars")
                .flatMap(field -> reading.keywords.variables(field.value(), "role entry vars", true));
        return named(reading.keywords.text(title).orElse(new Text("")), title.value().source(), own.directives(), vars,
                new Variables("role params", new MapValue(values), places), spot);
    }

    private Optional<LoadedRole> named(Value name, Source asked, Directives own, Optional<Variables> vars,
            Variables params, Spot spot) {
        return reading.now(name, spot.layers(own), asked, " Use include_role, which is read when the play gets there.")
                .flatMap(known -> load(new Use(RoleRequest.plain(known), asked, own, spot.outer(), vars, params, false),
                        spot));
    }

    /** The role with its dependencies; what is wrong is reported, and empty. */
    Optional<LoadedRole> load(Use use, Spot spot) {
        return find(use, spot).flatMap(place -> {
            boolean circle = spot.role().map(Role::chain).orElse(List.of()).stream()
                    .anyMatch(role -> role.path().equals(place.path()));
            if (circle && !use.byTask()) {
                reading.findings.error(use.asked(), "Tried to load the role " + place.name()
                        + ", but it depends on itself, by way of "
                        + String.join(", ",
                                spot.role().map(Role::chain).orElse(List.of()).stream().map(Role::name).toList())
                        + ".");
                return Optional.empty();
            }
            reading.countStep(use.asked());
            return Optional.of(load(use, place, spot));
        });
    }

    private LoadedRole load(Use use, Folder place, Spot spot) {
        Path path = place.path();
        RoleRequest request = use.request();
        Meta meta = meta(path, use.asked());
        var vars = new ArrayList<>(variables(path, "vars", request.varsFrom(), use.asked()));
        use.entryVars().ifPresent(vars::add);
        var identity = new Role.Identity(path, parameters(use));
        boolean again = use.byTask() ? request.allowDuplicates() : meta.allowDuplicates();
        List<Variables> defaults = variables(path, "defaults", request.defaultsFrom(), use.asked());
        var alone = new Role(place.name(), path, spot.role(), List.of(), defaults, vars, use.params(), identity, again,
                request.isPublic(), use.byTask(), request.isMain() ? checks(path, use.asked()) : List.of());
        Directives directives = use.own().within(use.outer()).withCollections(collections(place.name(), meta));
        Spot inside = spot.of(alone).inside(directives);

        var steps = new ArrayList<Step>();
        var dependencies = new ArrayList<Role>();
        for (Node dependency : meta.dependencies()) {
            entry(dependency, inside.forHandlers(false)).ifPresent(loaded -> {
                dependencies.add(loaded.role());
                steps.add(loaded.block(dependency.source(), Optional.empty()));
            });
        }
        var role = new Role(alone.name(), path, alone.parent(), dependencies, alone.defaults(), vars, alone.params(),
                identity, again, alone.isPublic(), alone.byTask(), alone.checks());
        Spot own = spot.of(role).inside(directives);
        if (!use.byTask()) {
            handlers(path, request, own, use.asked());
        }
        Path file = entryFile(path, "tasks", request.tasksFrom(), use.asked())
                .orElse(path.resolve("tasks").resolve("main.yml"));
        if (request.validate()) {
            validation(meta, role, request, directives, file).ifPresent(steps::add);
        }
        if (Files.exists(file)) {
            steps.addAll(reading.steps.file(file, own.forHandlers(false), use.asked()));
        }
        if (use.byTask()) { // behind those of the roles that its tasks import: the last of a name is the one that is meant
            handlers(path, request, own, use.asked());
        }
        return new LoadedRole(role, directives, file, steps, List.of(), List.of(role));
    }

    private void handlers(Path path, RoleRequest request, Spot spot, Source asked) {
        Role role = spot.role().orElseThrow();
        if (spot.harvest().handled().add(role.identity())) {
            entryFile(path, "handlers", request.handlersFrom(), asked)
                    .ifPresent(file -> spot.harvest().handlers()
                            .addAll(reading.steps.file(file, spot.forHandlers(true), asked)));
        }
    }

    private static List<String> collections(String name, Meta meta) {
        var collections = new ArrayList<String>();
        String[] parts = name.split("\\.", -1);
        if (parts.length > 2) {
            collections.add(parts[0] + "." + parts[1]);
        }
        collections.addAll(meta.collections());
        return collections;
    }

    private static MapValue parameters(Use use) {
        MapValue given = MapValue.of("params", use.params().values(), "files", use.request().files(), "task",
                use.byTask());
        var conditions = new ListValue(use.own().when().stream().map(Setting::value).toList());
        var tags = new ListValue(use.own().tags().stream().map(Setting::value).toList());
        MapValue vars = MapValue.EMPTY;
        for (Variables layer : use.own().vars()) {
            vars = vars.with(layer.values());
        }
        vars = use.entryVars().map(Variables::values).map(vars::with).orElse(vars);
        return given.with("when", conditions).with("tags", tags).with("vars", vars);
    }

    private Optional<Folder> find(Use use, Spot spot) {
        String name = use.request().name();
        if (name.isBlank()) {
            reading.findings.error(use.asked(), "Tried to read a role, but its name is empty.");
            return Optional.empty();
        }
        var collections = use.own().within(use.outer()).collections();
        Optional<Folder> inCollection = inCollections(name, collections, spot);
        if (inCollection.isPresent()) {
            return inCollection;
        }
        var folders = folders(spot);
        for (Path folder : folders) {
            Optional<Path> path = reading.documents.resolve(folder, name, use.asked()).filter(Files::isDirectory);
            if (path.isPresent()) {
                return Optional.of(new Folder(name, path.get()));
            }
        }
        Optional<Path> literal = reading.documents.resolve(spot.playFolder(), name, use.asked())
                .filter(Files::isDirectory);
        if (literal.isPresent()) {
            return literal.map(path -> new Folder(String.valueOf(path.getFileName()), path));
        }
        reading.findings.error(use.asked(),
                "Tried to find the role \"" + name + "\", but it is in none of the places where roles are looked for.",
                Nearest.hint(name, names(folders)) + (Nearest.hint(name, names(folders)).isEmpty() ? "" : " ")
                        + "Looked in "
                        + String.join(", ",
                                folders.stream().map(reading.documents::shown)
                                        .map(shown -> shown.isEmpty() ? "the current folder" : shown).toList())
                        + ".");
        return Optional.empty();
    }

    private static Set<String> names(List<Path> folders) {
        var names = new TreeSet<String>();
        for (Path folder : folders.subList(0, Math.max(1, folders.size() - 1))) {
            Documents.list(folder).forEach(path -> names.add(String.valueOf(path.getFileName())));
        }
        return names;
    }

    private List<Path> folders(Spot spot) {
        var folders = new ArrayList<Path>();
        folders.add(spot.playFolder().resolve("roles"));
        folders.addAll(reading.surroundings.rolesPath());
        spot.role().ifPresent(role -> role.chain().reversed().forEach(one -> folders.add(Spot.parent(one.path()))));
        folders.add(spot.playFolder());
        return folders.stream().map(path -> path.toAbsolutePath().normalize()).distinct().toList();
    }

    private Optional<Folder> inCollections(String name, List<String> collections, Spot spot) {
        String[] parts = name.split("\\.", 3);
        var full = new ArrayList<String>();
        if (parts.length == 3 && !name.contains("/")) {
            full.add(name);
        } else if (parts.length == 1 && !name.contains("/")) {
            collections.forEach(collection -> full.add(collection + "." + name));
        }
        for (String one : full) {
            String[] words = one.split("\\.", 3);
            if (words.length < 3) {
                continue;
            }
            for (Path root : spot.collectionsPath(reading.surroundings)) {
                Path path = root.resolve("ansible_collections").resolve(words[0]).resolve(words[1]).resolve("roles")
                        .resolve(words[2].replace('.', '/'));
                if (Files.isDirectory(path)) {
                    return Optional.of(new Folder(one, path.toAbsolutePath().normalize()));
                }
            }
        }
        return Optional.empty();
    }

    /** The file of a role's part; one that was asked for by name must be there. */
    private Optional<Path> entryFile(Path role, String part, String from, Source asked) {
        Path folder = role.resolve(part);
        Optional<Path> file = reading.documents.resolve(folder, from.isEmpty() ? "main" : from, asked)
                .flatMap(path -> Documents.entry(Spot.parent(path), String.valueOf(path.getFileName()),
                        !from.isEmpty()));
        if (file.isEmpty() && !from.isEmpty()) {
            var there = Documents.list(folder).stream().map(path -> String.valueOf(path.getFileName())).toList();
            reading.findings.error(asked,
                    "Tried to find " + part + "/" + from + " of the role in " + reading.documents.shown(role)
                            + ", but there is no such file.",
                    Findings.hint(from, there));
        }
        return file;
    }

    private List<Variables> variables(Path role, String part, String from, Source asked) {
        var layers = new ArrayList<Variables>();
        Optional<Path> entry = entryFile(role, part, from, asked);
        List<Path> files = entry.map(path -> Files.isDirectory(path) ? Documents.variableFiles(path) : List.of(path))
                .orElse(List.of());
        for (Path file : files) {
            reading.documents.read(file, asked).flatMap(node -> reading.keywords.variables(node, "role " + part, false))
                    .ifPresent(layers::add);
        }
        return layers;
    }

    private Meta meta(Path role, Source asked) {
        var dependencies = new ArrayList<Node>();
        var collections = new ArrayList<String>();
        var specs = new LinkedHashMap<String, Node.Fields>();
        boolean again = false;
        Optional<Node> document = Documents.entry(role.resolve("meta"), "main", false).filter(Files::isRegularFile)
                .flatMap(file -> reading.documents.read(file, asked));
        if (document.orElse(null) instanceof Node.Fields fields) {
            for (Node.Field field : fields.fields()) {
                switch (field.name()) {
                    case "dependencies" -> dependencies.addAll(dependencies(field.value()));
                    case "allow_duplicates" -> again = flag(field.value());
                    case "collections" -> collections.addAll(reading.keywords.texts(field.value(), "collections"));
                    case "argument_specs" -> specs(field.value(), specs);
                    case String word -> {
                        if (!META.contains(word) && !KeywordReader.words(Place.ROLE).contains(word)) {
                            String hint = Findings.hint(word, META);
                            reading.findings.warn(field.key().source(),
                                    "The keyword \"" + word + "\" means nothing here.", hint);
                        }
                    }
                }
            }
        } else if (document.isPresent() && reading.keywords.value(document.get()) != None.NONE) {
            reading.keywords.wrongType(document.get(), "the role's meta file", "lines like \"dependencies: []\"");
        }
        Documents.entry(role.resolve("meta"), "argument_specs", false).filter(Files::isRegularFile)
                .flatMap(file -> reading.documents.read(file, asked))
                .ifPresent(node -> {
                    if (node instanceof Node.Fields fields) {
                        fields.field("argument_specs").ifPresent(field -> specs(field.value(), specs));
                    }
                });
        return new Meta(dependencies, again, collections, specs);
    }

    /** What must hold of the role's variables before any node is touched. */
    private List<RoleCheck> checks(Path role, Source asked) {
        Optional<Node> document = Documents.entry(role.resolve("meta"), "checks", false).filter(Files::isRegularFile)
                .flatMap(file -> reading.documents.read(file, asked));
        return switch (document.orElse(null)) {
            case null -> List.of();
            case Node.Items items -> items.items().stream().flatMap(item -> check(item).stream()).toList();
            case Node node when reading.keywords.value(node) == None.NONE -> List.of();
            case Node node -> {
                reading.keywords.wrongType(node, "a role's checks", "a list of them, each beginning with \"-\"");
                yield List.of();
            }
        };
    }

    private Optional<RoleCheck> check(Node node) {
        if (!(node instanceof Node.Fields fields)) {
            reading.keywords.wrongType(node, "a role's check", CHECK_FORM);
            return Optional.empty();
        }
        for (Node.Field field : fields.fields()) {
            if (!CHECK.contains(field.name())) {
                reading.findings.error(field.key().source(),
                        "Tried to read a role's check, but \"" + field.name() + "\" means nothing here.",
                        Findings.hint(field.name(), CHECK));
            }
        }
        for (String word : List.of("variable", "that", "msg")) {
            if (fields.field(word).isEmpty()) {
                reading.findings.error(node.source(), "Tried to read a role's check, but it has no \"" + word + "\".",
                        "Expected " + CHECK_FORM + ".");
                return Optional.empty();
            }
        }
        Node that = fields.field("that").orElseThrow().value();
        return Optional.of(new RoleCheck(node.source(),
                PythonText.of(reading.keywords.value(fields.field("variable").orElseThrow().value())),
                fields.field("host").map(field -> reading.keywords.value(field.value())),
                new Setting(reading.keywords.value(that), that.source()),
                reading.keywords.value(fields.field("msg").orElseThrow().value()),
                fields.field("loop").map(field -> reading.keywords.value(field.value()))));
    }

    private List<Node> dependencies(Node node) {
        return switch (node) {
            case Node.Items items -> items.items();
            case Node _ when reading.keywords.value(node) == None.NONE -> List.of();
            case Node _ -> {
                reading.keywords.wrongType(node, "dependencies", "a list of roles");
                yield List.of();
            }
        };
    }

    private boolean flag(Node node) {
        Value value = reading.keywords.value(node);
        return value == Bool.TRUE
                || Set.of("yes", "true", "on", "1", "y", "t").contains(PythonText.of(value).toLowerCase(Locale.ROOT));
    }

    private static void specs(Node node, Map<String, Node.Fields> specs) {
        if (node instanceof Node.Fields fields) {
            for (Node.Field field : fields.fields()) {
                if (field.value() instanceof Node.Fields spec) {
                    specs.put(field.name(), spec);
                }
            }
        }
    }

    /** The task that checks the role's arguments against its specification, before all others and whatever the tags. */
    private Optional<Step> validation(Meta meta, Role role, RoleRequest request, Directives outer, Path file) {
        String entry = request.tasksFrom().isEmpty()
                ? "main"
                : request.tasksFrom().replaceFirst("\\.(yml|yaml|json)$", "");
        Node.Fields spec = meta.specs().get(entry);
        if (spec == null) {
            return Optional.empty();
        }
        String title = spec.field("short_description")
                .map(field -> " - " + PythonText.of(reading.keywords.value(field.value()))).orElse("");
        MapValue options = spec.field("options").map(field -> bramble.yaml.NodeValues.plain(field.value()))
                .orElse(MapValue.EMPTY) instanceof MapValue map
                        ? map
                        : MapValue.EMPTY;
        MapValue arguments = MapValue.of("argument_spec", options, "provided_arguments", role.params().values(),
                "validate_args_context",
                MapValue.of("type", "role", "name", role.shortName(), "argument_spec_name", entry, "path",
                        role.path().toString()));
        var always = new Directives(Settings.NONE, List.of(), List.of(new Setting(new Text("always"), spec.source())),
                List.of(), List.of(), List.of(),
                List.of(), List.of());
        var call = new ActionCall(spec.source(), "ansible.builtin.validate_argument_spec", "validate_argument_spec",
                arguments, List.of());
        return Optional.of(new Task(spec.source(),
                Optional.of(new Text("Validating arguments against arg spec '" + entry + "'" + title)),
                always.within(outer),
                call, Optional.empty(), Directives.NONE, Optional.of(role), file));
    }
}
