package bramble.playbook;

import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads a task's action: which module, with which arguments, in any of the forms that there are for it. */
final class ActionReader {
    /** What the engine itself does; each takes free text. */
    private static final Set<String> OWN = Set.of("import_role", "import_tasks", "include_role", "include_tasks",
            "meta",
            "validate_argument_spec");
    private static final Set<String> COMMANDS = Set.of("command", "shell", "script", "raw", "win_command", "win_shell");
    private static final Set<String> FREE_FORM = Set.of("include_vars", "add_host", "group_by", "set_fact");

    private static final Set<String> OF_PLAYS = Set.of("hosts", "roles", "tasks", "handlers", "gather_facts",
            "pre_tasks",
            "post_tasks", "vars_files", "serial");

    private final Actions actions;
    private final Findings findings;
    private final Set<String> elsewhere = new HashSet<>();

    ActionReader(Actions actions, Findings findings) {
        this.actions = actions;
        this.findings = findings;
    }

    /**
     * A task's action.
     *
     * @param local whether it was given as {@code local_action}
     * @param apply what stands below {@code apply} of an include
     */
    record Found(ActionCall call, boolean local, Optional<Node.Field> apply) {}

    private record Given(Node.Scalar written, Resolved module, Node arguments, boolean local) {
        String name() {
            return module.name();
        }
    }

    /** Where module names are looked for. */
    record Search(List<String> collections, Library library) {}

    /**
     * What a name stands for.
     *
     * @param file of a module that the playbook brings
     */
    record Resolved(String name, Optional<Path> file) {
        static Resolved own(String name) {
            return new Resolved(name, Optional.empty());
        }
    }

    private record Parsed(MapValue arguments, List<Template> whole, Optional<Node.Field> apply) {}

    /**
     * Reads it; what is wrong is reported, and empty.
     *
     * @param rest the task's fields that are no keywords
     * @param words the keywords that a task may have, to be proposed for misspelt ones
     */
    Optional<Found> read(Node.Fields task, List<Node.Field> rest, Search search, Set<String> words) {
        var given = new ArrayList<Given>();
        var unknown = new ArrayList<Node.Scalar>();
        Optional<Node> args = Optional.empty();
        for (Node.Field field : rest) {
            switch (field.name()) {
                case "action", "local_action" -> action(field, search).ifPresent(given::add);
                case "args" -> args = Optional.of(field.value());
                case String name -> {
                    Optional<Resolved> module = resolve(name, search).or(() -> elsewhere(field.key(), search));
                    if (module.isPresent()) {
                        given.add(new Given(field.key(), module.get(), field.value(), false));
                    } else {
                        unknown.add(field.key());
                    }
                }
            }
        }
        boolean broken = given.isEmpty() && rest.stream().anyMatch(field -> field.name().endsWith("action"));
        if (broken) {
            return Optional.of(unnamed(task.source()));
        }
        if (given.isEmpty()) {
            nothing(task, unknown, words);
            return Optional.of(unnamed(task.source()));
        }
        Given first = given.getFirst();
        Set<String> arguments = actions.arguments(first.name());
        for (Node.Scalar key : unknown) {
            if (arguments.contains(key.text())) {
                findings.error(key.source(),
                        "Tried to read the keyword \"" + key.text() + "\", but a task has no such keyword.",
                        "It is an argument of " + first.written().text() + ": indent it further than \""
                                + first.written().text() + ":\".");
            } else {
                unknownKeyword(key, "task", words);
            }
        }
        for (Given other : given.subList(1, given.size())) {
            findings.error(other.written().source(),
                    "Tried to read one task, but it has two modules, " + first.written().text() + " and "
                            + other.written().text() + ".",
                    "Make two tasks of it.");
        }
        return call(first, args);
    }

    /** What stands for an action that is not known, which is reported: the task's keywords are still looked at. */
    private static Found unnamed(Source at) {
        return new Found(new ActionCall(at, "", "", MapValue.EMPTY, List.of()), false, Optional.empty());
    }

    void unknownKeyword(Node.Scalar key, String where, Set<String> words) {
        String word = key.text();
        String hint = switch (word) {
            case "sudo", "su" -> "Write \"become: yes\".";
            case "sudo_user", "su_user" -> "Write \"become_user\".";
            case String _ when where.equals("task") && OF_PLAYS.contains(word) -> "It belongs to a play.";
            case "always_run" -> "Write \"check_mode: no\".";
            case String _ when word.indexOf('\u00a0') >= 0 ->
                "There is a no-break space in it (U+00A0), which only looks like a space: type it anew.";
            case String _ when where.equals("block") && (word.equals("loop") || word.startsWith("with_")) ->
                "A block can't be repeated: put its tasks into a file, and use include_tasks with the loop.";
            case String _ -> Findings.hint(word, words);
        };
        findings.error(key.source(),
                "Tried to read the keyword \"" + word + "\", but a " + where + " has no such keyword.", hint);
    }

    private void nothing(Node.Fields task, List<Node.Scalar> unknown, Set<String> words) {
        if (unknown.isEmpty()) {
            findings.error(task.source(), "Tried to read a task, but it names no module.",
                    "Expected a line like \"copy:\" with the module's arguments.");
            return;
        }
        var all = new TreeSet<>(words);
        all.addAll(actions.names());
        all.addAll(OWN);
        for (Node.Scalar key : unknown) {
            String word = key.text();
            if (word.equals("include") || word.equals("ansible.builtin.include")) {
                findings.error(key.source(), "Tried to use include, but it was removed.",
                        "Write include_tasks (read when the task is reached) or import_tasks (read beforehand).");
            } else {
                findings.error(key.source(),
                        "Tried to find the module \"" + word + "\", but there is none of that name.",
                        Findings.hint(word, all));
            }
        }
    }

    /**
     * A module that others have: no mistake, since playbooks for several systems have tasks for those that aren't here. A host
     * that comes to the task fails.
     */
    private Optional<Resolved> elsewhere(Node.Scalar written, Search search) {
        String name = written.text();
        if (!Elsewhere.has(name, actions.names(), search.library())) {
            return Optional.empty();
        }
        if (elsewhere.add(name)) {
            findings.warn(written.source(), Elsewhere.summary(name), Elsewhere.hint(name));
        }
        return Optional.of(Resolved.own(name));
    }

    /** A library's module hides Bramble's own of that short name, as with Ansible. */
    Optional<Resolved> resolve(String written, Search search) {
        boolean builtin = written.startsWith("ansible.builtin.");
        boolean legacy = written.startsWith("ansible.legacy.");
        String name = builtin || legacy ? written.substring(written.lastIndexOf('.') + 1) : written;
        if (OWN.contains(name)) {
            return Optional.of(Resolved.own(name));
        }
        Optional<Resolved> own = actions.resolve(written, search.collections()).map(Resolved::own);
        if (builtin) {
            return own.or(() -> inCollection(written, search.library()));
        }
        if (name.contains(".")) {
            return inCollection(name, search.library());
        }
        Optional<Resolved> plugin = plugin(search.library().action(name));
        if (plugin.isPresent()) {
            return plugin;
        }
        if (!legacy) {
            for (String collection : search.collections()) {
                Optional<Resolved> there = inCollection(collection + "." + name, search.library());
                if (there.isPresent()) {
                    return there;
                }
            }
        }
        return brought(search.library().find(name)).or(() -> own)
                .or(() -> inCollection(Routes.BUILTIN + "." + name, search.library()));
    }

    private Optional<Resolved> inCollection(String full, Library library) {
        Library.Way way = library.way(full);
        return plugin(way.action())
                .or(() -> actions.resolve(full, List.of()).map(Resolved::own))
                .or(() -> brought(way.file()))
                .or(() -> actions.resolve(way.module(), List.of()).map(Resolved::own));
    }

    private static Optional<Resolved> plugin(Optional<Path> file) {
        return file.map(path -> new Resolved(ActionCall.PLUGIN, Optional.of(path)));
    }

    private static Optional<Resolved> brought(Optional<Path> file) {
        return file.map(path -> new Resolved(ActionCall.BROUGHT, Optional.of(path)));
    }

    /** The forms {@code action: copy src=a dest=b} and {@code action: {module: copy, src: a}}. */
    private Optional<Given> action(Node.Field field, Search search) {
        boolean local = field.name().equals("local_action");
        switch (field.value()) {
            case Node.Scalar scalar when !scalar.text().isBlank() -> {
                List<Node.Scalar> parts = findings.attempt(() -> KeyValues.firstWord(scalar), List.of());
                return parts.isEmpty()
                        ? Optional.empty()
                        : named(parts.getFirst(), parts.getLast(), local, search);
            }
            case Node.Fields fields when fields.field("module").map(Node.Field::value)
                    .orElse(null) instanceof Node.Scalar module -> {
                List<Node.Scalar> parts = findings.attempt(() -> KeyValues.firstWord(module), List.of());
                if (parts.isEmpty()) {
                    return Optional.empty();
                }
                var others = fields.fields().stream().filter(other -> !other.name().equals("module")).toList();
                var arguments = new ArrayList<Node.Field>(others);
                if (!parts.getLast().text().isBlank()) {
                    keyValues(parts.getLast(), false).entries().forEach((key, value) -> arguments
                            .add(new Node.Field(new Node.Scalar(module.source(), "", PythonText.of(key), false),
                                    new Node.Scalar(module.source(), value instanceof Template ? "" : "!unsafe",
                                            PythonText.of(value), false))));
                }
                return named(parts.getFirst(), new Node.Fields(fields.source(), "", arguments), local, search);
            }
            case Node node -> {
                findings.error(node.source(), "Tried to read " + field.name() + ", but it names no module.",
                        "Expected " + field.name() + ": copy src=a dest=b, or a mapping with module: copy.");
                return Optional.empty();
            }
        }
    }

    private Optional<Given> named(Node.Scalar word, Node arguments, boolean local, Search search) {
        if (Template.marked(word.text())) {
            return Optional.of(new Given(word, Resolved.own(""), arguments, local));
        }
        Optional<Resolved> module = resolve(word.text(), search).or(() -> elsewhere(word, search));
        if (module.isEmpty()) {
            nothing(new Node.Fields(word.source(), "", List.of()), List.of(word), Set.of());
        }
        return module.map(name -> new Given(word, name, arguments, local));
    }

    private MapValue keyValues(Node.Scalar scalar, boolean command) {
        return findings.attempt(() -> KeyValues.parse(scalar, command), MapValue.EMPTY);
    }

    private Optional<Found> call(Given given, Optional<Node> args) {
        Parsed main = arguments(given, given.arguments());
        Parsed below = args.map(node -> extra(given, node))
                .orElse(new Parsed(MapValue.EMPTY, List.of(), Optional.empty()));
        var whole = new ArrayList<>(below.whole());
        whole.addAll(main.whole());
        var call = new ActionCall(given.written().source(), given.written().text(), given.name(),
                withFile(below.arguments().with(main.arguments()), given.module()), whole);
        return Optional.of(new Found(call, given.local(), main.apply().or(below::apply)));
    }

    /** The call whose module's name has become known. */
    ActionCall named(String name, ActionCall call, Search search) {
        Optional<Resolved> module = resolve(name, search);
        if (module.isEmpty()) {
            nothing(new Node.Fields(call.source(), "", List.of()),
                    List.of(new Node.Scalar(call.source(), "", name, false)), Set.of());
            return call;
        }
        return new ActionCall(call.source(), name, module.get().name(), withFile(call.arguments(), module.get()),
                call.whole());
    }

    private static MapValue withFile(MapValue arguments, Resolved module) {
        return module.file().map(file -> arguments.with(ActionCall.FILE, file.toString())).orElse(arguments);
    }

    private Parsed arguments(Given given, Node node) {
        return switch (node) {
            case Node.Fields fields when fields.fields().size() == 1 && fields.fields().getFirst().name().equals("args")
                    && fields.fields().getFirst().value() instanceof Node.Fields inner ->
                mapping(given, inner);
            case Node.Fields fields -> mapping(given, fields);
            case Node.Items items -> {
                findings.error(items.source(),
                        "Tried to read the arguments of " + given.written().text() + ", but this is a list.",
                        "Expected lines of the form name: value.");
                yield new Parsed(MapValue.EMPTY, List.of(), Optional.empty());
            }
            case Node.Scalar scalar -> scalar(given, scalar);
        };
    }

    private Parsed mapping(Given given, Node.Fields fields) {
        boolean include = given.name().startsWith("include_");
        Optional<Node.Field> apply = include ? fields.field("apply") : Optional.empty();
        var others = fields.fields().stream().filter(field -> !include || !field.name().equals("apply")).toList();
        Value value = findings.attempt(() -> NodeValues.of(new Node.Fields(fields.source(), fields.tag(), others)),
                None.NONE);
        return new Parsed(value instanceof MapValue map ? map : MapValue.EMPTY, List.of(), apply);
    }

    private Parsed scalar(Given given, Node.Scalar scalar) {
        Value value = findings.attempt(() -> NodeValues.of(scalar), None.NONE);
        return switch (value) {
            case None _ -> new Parsed(MapValue.EMPTY, List.of(), Optional.empty());
            case Text _,Template _ -> text(given, scalar);
            case Value _ -> {
                findings.error(scalar.source(),
                        "Tried to read the arguments of " + given.written().text() + ", but this is \"" + scalar.text()
                                + "\".",
                        "Expected lines of the form name: value"
                                + (freeForm(given.name()) ? ", or text in quotes." : "."));
                yield new Parsed(MapValue.EMPTY, List.of(), Optional.empty());
            }
        };
    }

    private boolean freeForm(String name) {
        return name.isEmpty() || name.equals(ActionCall.BROUGHT) || name.equals(ActionCall.PLUGIN) || OWN.contains(name)
                || FREE_FORM.contains(name)
                || COMMANDS.contains(name)
                || elsewhere.contains(name) || actions.freeForm(name);
    }

    private Parsed text(Given given, Node.Scalar scalar) {
        MapValue arguments = keyValues(scalar, COMMANDS.contains(given.name()));
        Optional<Value> free = arguments.get(ActionCall.FREE_FORM);
        if (free.isEmpty() || freeForm(given.name())) {
            return new Parsed(arguments, List.of(), Optional.empty());
        }
        MapValue others = arguments.without(ActionCall.FREE_FORM);
        if (free.get() instanceof Template template) {
            return new Parsed(others, List.of(template), Optional.empty());
        }
        findings.error(scalar.source(),
                "Tried to give " + given.written().text() + " the text \"" + PythonText.of(free.get())
                        + "\", but it takes arguments by name only.",
                "Expected lines of the form name: value.");
        return new Parsed(others, List.of(), Optional.empty());
    }

    /** What {@code args:} holds. */
    private Parsed extra(Given given, Node node) {
        Value value = findings.attempt(() -> NodeValues.of(node), None.NONE);
        return switch (value) {
            case MapValue _ when node instanceof Node.Fields fields -> mapping(given, fields);
            case Template template -> new Parsed(MapValue.EMPTY, List.of(template), Optional.empty());
            case None _ -> new Parsed(MapValue.EMPTY, List.of(), Optional.empty());
            case Value _ -> {
                findings.error(node.source(), "Tried to read args, but this is " + KeywordReader.kind(node) + ".",
                        "Expected lines of the form name: value, or a template of a mapping in {{ }}.");
                yield new Parsed(MapValue.EMPTY, List.of(), Optional.empty());
            }
        };
    }

    /** Reports arguments that an include or import doesn't take. */
    void checkArguments(ActionCall call, Set<String> allowed) {
        Source at = call.source();
        for (Map.Entry<String, Value> argument : call.arguments().byName().entrySet()) {
            if (!allowed.contains(argument.getKey())) {
                findings.error(at,
                        "Invalid options for " + call.written() + ": " + argument.getKey() + ".",
                        Findings.hint(argument.getKey(), allowed.stream()
                                .filter(name -> !name.equals(ActionCall.FREE_FORM)).collect(Collectors.toSet())));
            }
        }
    }
}
