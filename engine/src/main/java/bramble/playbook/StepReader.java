package bramble.playbook;

import bramble.inventory.Variables;
import bramble.playbook.Keyword.Place;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads tasks and blocks, and what they import. */
final class StepReader {
    private static final Set<String> PARTS = Set.of("block", "rescue", "always");
    /** The lookups that are written as loops, to be proposed for misspelt ones. */
    private static final Set<String> LOOP_WORDS = Set.of("with_items", "with_list", "with_dict", "with_fileglob",
            "with_first_found", "with_nested", "with_sequence", "with_together", "with_subelements",
            "with_indexed_items", "with_flattened", "with_inventory_hostnames", "with_lines", "with_random_choice");
    private static final Set<String> TASK_WORDS = Set.of("action", "local_action", "args", "loop", "loop_control");
    private static final Set<Keyword> ON_INCLUDES = Set.of(Keyword.DEBUGGER, Keyword.IGNORE_ERRORS, Keyword.NO_LOG,
            Keyword.REGISTER,
            Keyword.RUN_ONCE, Keyword.TIMEOUT, Keyword.LISTEN);
    private static final Set<String> FILE = Set.of("file", ActionCall.FREE_FORM);
    private static final Set<String> ROLE = Set.of("name", "role", "tasks_from", "vars_from", "defaults_from",
            "handlers_from", "public",
            "allow_duplicates", "rolespec_validate", ActionCall.FREE_FORM);

    private final Reading reading;

    StepReader(Reading reading) {
        this.reading = reading;
    }

    /** The steps of a list; null is an empty one. */
    List<Step> list(Node node, Spot spot, String what) {
        var steps = new ArrayList<Step>();
        switch (node) {
            case Node.Items items -> items.items().forEach(item -> step(item, spot).ifPresent(steps::add));
            case Node _ when reading.keywords.value(node) == None.NONE -> {
                // nothing to do
            }
            case Node _ -> reading.keywords.wrongType(node, what, "a list of tasks, each beginning with \"-\"");
        }
        return steps;
    }

    /** The steps in a file. */
    List<Step> file(Path file, Spot spot, Source asked) {
        if (spot.trail().contains(file)) {
            reading.findings.error(asked,
                    "Tried to import " + reading.documents.shown(file)
                            + ", but that file is what led here: it imports itself.",
                    "With include_tasks, a file may include itself as long as a condition ends that.");
            return List.of();
        }
        return reading.documents.read(file, asked).map(node -> list(node, spot.in(file), reading.documents.shown(file)))
                .orElse(List.of());
    }

    private Optional<Step> step(Node node, Spot spot) {
        reading.countStep(node.source());
        if (!(node instanceof Node.Fields fields)) {
            reading.findings.error(node.source(), "Tried to read a task, but this is " + KeywordReader.kind(node) + ".",
                    "Expected the task's keywords and its module, one a line.");
            return Optional.empty();
        }
        boolean block = fields.fields().stream().anyMatch(field -> PARTS.contains(field.name()));
        if (!block && fields.field("hosts").isPresent()
                && fields.fields().stream().anyMatch(field -> field.name().endsWith("tasks"))) {
            reading.findings.error(fields.source(), "Tried to read a task, but this is a play.",
                    "A playbook is imported with import_playbook, beside plays.");
            return Optional.empty();
        }
        return block ? block(fields, spot) : task(fields, spot);
    }

    private Optional<Step> block(Node.Fields fields, Spot spot) {
        if (spot.handlers()) {
            reading.findings.error(fields.source(), "Using a block as a handler is not supported.",
                    "Make a handler of each task, and let them listen to one name.");
        }
        KeywordReader.Own own = reading.keywords.read(fields.fields(), Place.BLOCK);
        var words = KeywordReader.words(Place.BLOCK);
        words.addAll(PARTS);
        for (Node.Field field : own.rest()) {
            if (!PARTS.contains(field.name())) {
                reading.actions.unknownKeyword(field.key(), "block", words);
            }
        }
        if (own.rest("block").isEmpty()) {
            Node.Field part = own.rest().stream().filter(field -> PARTS.contains(field.name())).findFirst()
                    .orElseThrow();
            reading.findings.error(part.key().source(),
                    "Tried to read " + part.name() + ", but there is no block that it belongs to.",
                    "Put the tasks that it guards below \"block:\", beside it.");
        }
        Directives directives = own.directives().within(spot.outer());
        Spot inside = spot.inside(directives);
        return Optional.of(new Block(fields.source(), own.name(), directives, part(own, "block", inside),
                part(own, "rescue", inside),
                part(own, "always", inside), spot.role(), spot.file()));
    }

    private List<Step> part(KeywordReader.Own own, String name, Spot spot) {
        return own.rest(name).map(field -> list(field.value(), spot, name)).orElse(List.of());
    }

    private Optional<Step> task(Node.Fields fields, Spot spot) {
        Place place = spot.handlers() ? Place.HANDLER : Place.TASK;
        KeywordReader.Own own = reading.keywords.read(fields.fields(), place);
        var rest = new ArrayList<Node.Field>();
        var loops = new ArrayList<Node.Field>();
        Optional<Node.Field> control = Optional.empty();
        for (Node.Field field : own.rest()) {
            if (field.name().equals("loop") || (field.name().startsWith("with_") && field.name().length() > 5
                    && spot.mayLookUp(field.name().substring(5), reading.surroundings))) {
                loops.add(field);
            } else if (field.name().equals("loop_control")) {
                control = Optional.of(field);
            } else {
                rest.add(field);
            }
        }
        var words = KeywordReader.words(place);
        words.addAll(TASK_WORDS);
        words.addAll(LOOP_WORDS);
        Optional<Loop> loop = loop(loops, control);
        var collections = own.directives().within(spot.outer()).collections();
        var search = new ActionReader.Search(collections, spot.library(reading.surroundings, reading.routes));
        return reading.actions.read(fields, rest, search, words)
                .flatMap(found -> task(fields, own, loop, found, spot));
    }

    private Optional<Step> task(Node.Fields fields, KeywordReader.Own own, Optional<Loop> loop,
            ActionReader.Found found, Spot spot) {
        ActionCall call = found.call();
        if (spot.handlers() && call.name().endsWith("_role")) {
            reading.findings.error(call.source(), "Using '" + call.written() + "' as a handler is not supported.",
                    "Write include_tasks.");
        }
        Directives mine = found.local() ? local(own.directives(), call) : own.directives();
        return switch (call.name()) {
            case "import_tasks" -> importTasks(fields, own.name(), mine, loop, call, spot);
            case "import_role" -> importRole(fields, own.name(), mine, loop, call, spot);
            case "include_tasks", "include_role" -> {
                checkInclude(mine, call, fields.source());
                yield Optional.of(plain(fields, own.name(), mine, loop, call, forIncluded(mine, found, spot), spot));
            }
            case String _ -> {
                checkMeta(call, spot);
                yield Optional.of(plain(fields, own.name(), mine, loop, call, Directives.NONE, spot));
            }
        };
    }

    private static Task plain(Node.Fields fields, Optional<Value> name, Directives own, Optional<Loop> loop,
            ActionCall call, Directives forIncluded,
            Spot spot) {
        return new Task(fields.source(), name, own.within(spot.outer()), call, loop, forIncluded, spot.role(),
                spot.file());
    }

    private static Directives local(Directives own, ActionCall call) {
        var here = new Settings(Map.of(Keyword.DELEGATE_TO, new Setting(new Text("localhost"), call.source())));
        return own.with(here.over(own.settings()));
    }

    private void checkMeta(ActionCall call, Spot spot) {
        if (call.is("meta") && spot.handlers()
                && call.arguments().get(ActionCall.FREE_FORM).filter(new Text("flush_handlers")::equals).isPresent()) {
            reading.findings.error(call.source(), "flush_handlers cannot be used as a handler.");
        }
    }

    private void checkInclude(Directives own, ActionCall call, Source fields) {
        Set<String> allowed = new TreeSet<>(call.is("include_tasks") ? FILE : ROLE);
        reading.actions.checkArguments(call, allowed);
        own.settings().given().forEach((keyword, setting) -> {
            if (!ON_INCLUDES.contains(keyword)) {
                reading.findings.error(setting.source(),
                        "Tried to read " + keyword.word() + " on " + call.written()
                                + ", but it would not hold for the tasks that are included.",
                        "Write it below \"apply:\" among the arguments of " + call.written()
                                + ", or on a block around it.");
            }
        });
        if (call.is("include_tasks") && call.whole().isEmpty()
                && text(call, "file").or(() -> text(call, ActionCall.FREE_FORM)).isEmpty()) {
            reading.findings.error(fields, "No file specified for " + call.written() + ".",
                    "Expected " + call.written() + ": name.yml.");
        }
        checkFrom(call);
        if (call.is("include_role") && call.whole().isEmpty() && roleName(call).isEmpty()) {
            reading.findings.error(call.source(), "Tried to include a role, but none is named.",
                    "Expected \"name: the_role\" among the arguments.");
        }
    }

    private void checkFrom(ActionCall call) {
        call.arguments().byName().forEach((name, value) -> {
            if (name.endsWith("_from") && (value instanceof ListValue || value instanceof MapValue)) {
                reading.findings.error(call.source(), "Expected a string for " + name + " but got a "
                        + (value instanceof ListValue ? "list" : "mapping") + " instead.", "");
            }
        });
    }

    /** What the steps that an include brings inherit: what is around it, its vars, and what stands below apply. */
    private Directives forIncluded(Directives own, ActionReader.Found found, Spot spot) {
        Directives passed = Directives.NONE.withVars(own.vars(), own.vars()).within(spot.outer());
        Optional<Node.Field> apply = found.apply();
        if (apply.isEmpty()) {
            return passed;
        }
        if (!(apply.get().value() instanceof Node.Fields fields)) {
            if (reading.keywords.value(apply.get().value()) != None.NONE) {
                reading.keywords.wrongType(apply.get().value(), "apply", "keywords as a block has them");
            }
            return passed;
        }
        KeywordReader.Own applied = reading.keywords.read(fields.fields(), Place.BLOCK);
        applied.rest().forEach(
                field -> reading.actions.unknownKeyword(field.key(), "block", KeywordReader.words(Place.BLOCK)));
        return applied.directives().within(passed);
    }

    private void noLoop(Optional<Loop> loop, ActionCall call, String instead) {
        loop.ifPresent(found -> reading.findings.error(found.source(),
                "Tried to repeat " + call.written() + ", but an import can't be repeated.",
                "Write " + instead + "."));
    }

    private Optional<Step> importTasks(Node.Fields fields, Optional<Value> name, Directives own, Optional<Loop> loop,
            ActionCall call, Spot spot) {
        noLoop(loop, call, "include_tasks");
        reading.actions.checkArguments(call, FILE);
        Optional<Value> asked = text(call, "file").or(() -> text(call, ActionCall.FREE_FORM));
        if (asked.isEmpty()) {
            reading.findings.error(fields.source(), "No file specified for " + call.written() + ".",
                    "Expected " + call.written() + ": name.yml.");
            return Optional.empty();
        }
        Directives directives = own.within(spot.outer());
        Optional<Path> file = reading
                .now(asked.get(), spot.layers(own), call.source(),
                        " Use include_tasks, which is read when the play gets there.")
                .flatMap(known -> reading.documents.first(spot.taskFiles(known, reading.documents, call.source()),
                        known, call.source()));
        return file.map(path -> new Block(fields.source(), name, directives,
                file(path, spot.inside(directives), call.source()), List.of(), List.of(),
                spot.role(), path));
    }

    private Optional<Step> importRole(Node.Fields fields, Optional<Value> name, Directives own, Optional<Loop> loop,
            ActionCall call, Spot spot) {
        noLoop(loop, call, "include_role");
        reading.actions.checkArguments(call, ROLE);
        checkFrom(call);
        Optional<Value> asked = roleName(call);
        if (asked.isEmpty()) {
            reading.findings.error(call.source(), "Tried to import a role, but none is named.",
                    "Expected \"name: the_role\" among the arguments.");
            return Optional.empty();
        }
        var layers = spot.layers(own);
        Optional<String> role = reading.now(asked.get(), layers, call.source(),
                " Use include_role, which is read when the play gets there.");
        MapValue known = known(call, layers);
        return role.flatMap(found -> {
            RoleRequest request = RoleRequest.of(found, known, true);
            var use = RoleReader.Use.byTask(request, call.source(), own, spot);
            return reading.roles.load(use, spot.forHandlers(false)).map(loaded -> {
                if (request.isPublic()) {
                    spot.harvest().publicRoles().add(loaded.role());
                }
                return loaded.block(fields.source(), name);
            });
        });
    }

    private MapValue known(ActionCall call, List<Variables> layers) {
        MapValue known = MapValue.EMPTY;
        for (var argument : call.arguments().byName().entrySet()) {
            if (argument.getKey().endsWith("_from") || argument.getValue() instanceof Template) {
                String value = reading.now(argument.getValue(), layers, call.source(), "").orElse("");
                known = known.with(argument.getKey(), value);
            } else {
                known = known.with(argument.getKey(), argument.getValue());
            }
        }
        return known;
    }

    private static Optional<Value> roleName(ActionCall call) {
        return text(call, "name").or(() -> text(call, "role"));
    }

    private static Optional<Value> text(ActionCall call, String name) {
        return call.arguments().get(name).filter(value -> value != None.NONE && !PythonText.of(value).isEmpty());
    }

    private Optional<Loop> loop(List<Node.Field> loops, Optional<Node.Field> control) {
        if (loops.size() > 1) {
            reading.findings.error(loops.get(1).key().source(),
                    "Tried to read the task's loop, but there are two, " + loops.get(0).name() + " and "
                            + loops.get(1).name() + ".",
                    "Take one of them out.");
        }
        Loop.Control how = control.map(this::control).orElse(Loop.Control.DEFAULT);
        if (loops.isEmpty()) {
            return Optional.empty();
        }
        Node.Field field = loops.getFirst();
        Value over = reading.keywords.value(field.value());
        boolean with = field.name().startsWith("with_");
        if (over == None.NONE && with) {
            reading.findings.error(field.key().source(), "Tried to read " + field.name() + ", but it has no value.",
                    "Expected a list, or a template of one.");
        }
        if (over instanceof Text(String text) && with && bareName(text)) {
            reading.findings.warn(field.value().source(), "The loop has one item, the text \"" + text + "\".",
                    "If the variable is meant, write \"{{ " + text + " }}\".");
        }
        if (!with && (over instanceof MapValue || over instanceof Bool)) {
            reading.keywords.wrongType(field.value(), "loop",
                    "a list; for a mapping write \"{{ the_mapping | dict2items }}\"");
        }
        return Optional.of(new Loop(field.key().source(),
                with ? Optional.of(field.name().substring(5)) : Optional.empty(), over, how));
    }

    /** {@code server.packages}, {@code packages[0]}: old playbooks meant the variable. */
    private static boolean bareName(String text) {
        return text.matches("[a-z_]\\w*(\\.[a-z_]\\w*|\\[\\w+])+")
                && !text.toLowerCase(Locale.ROOT).matches(".*\\.(conf|yml|yaml|j2|sh|txt|service|com|org|net|cfg)");
    }

    private Loop.Control control(Node.Field field) {
        if (!(field.value() instanceof Node.Fields fields)) {
            if (reading.keywords.value(field.value()) != None.NONE) {
                reading.keywords.wrongType(field.value(), "loop_control", "lines like \"loop_var: name\"");
            }
            return Loop.Control.DEFAULT;
        }
        var words = Set.of("loop_var", "index_var", "label", "pause", "extended", "extended_allitems", "break_when");
        for (Node.Field part : fields.fields()) {
            if (!words.contains(part.name())) {
                reading.findings.error(part.key().source(),
                        "Tried to read \"" + part.name() + "\", but loop_control has no such keyword.",
                        Findings.hint(part.name(), words));
            }
        }
        return new Loop.Control(name(fields, "loop_var").orElse("item"), name(fields, "index_var"),
                setting(fields, "label"), setting(fields, "pause"),
                setting(fields, "extended"), setting(fields, "extended_allitems"), setting(fields, "break_when"));
    }

    private Optional<String> name(Node.Fields fields, String word) {
        return fields.field(word).flatMap(field -> reading.keywords.text(field))
                .map(value -> value instanceof Template(String text, _) ? text : PythonText.of(value));
    }

    private Optional<Setting> setting(Node.Fields fields, String word) {
        return fields.field(word)
                .map(field -> new Setting(reading.keywords.value(field.value()), field.value().source()))
                .filter(setting -> setting.value() != None.NONE);
    }
}
