package bramble.args;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.regex.RegexException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The arguments that a module takes, read from its record. Binding, documentation and checks all come from here.
 *
 * @param <A> the record
 */
public final class Schema<A extends Record> {
    /** What Ansible's own plugins hand from one to another, and playbooks may have copied: it changes nothing. */
    private static final Set<String> PRIVATE = Set.of("_diff_peek", "_original_basename");

    /** The key under which free text stands among the arguments. */
    private static final String FREE_FORM = "_raw_params";

    private static final ClassValue<Schema<?>> SCHEMAS = new ClassValue<>() {
        @Override
        @SuppressWarnings("unchecked") // of() lets only records in
        protected Schema<?> computeValue(Class<?> type) {
            return new Schema<>((Class<? extends Record>) type);
        }
    };

    private final Doc doc;
    private final Shape<A> shape;
    private final List<Argument> arguments;
    private final Optional<Argument> rest;
    private final Map<String, Argument> byName = new LinkedHashMap<>();
    /** The values that count where nothing is given. */
    private final IdentityHashMap<Argument, Value> fallbacks = new IdentityHashMap<>();
    private final Set<String> late;

    private Schema(Class<A> type) {
        Doc found = type.getAnnotation(Doc.class);
        if (found == null) {
            throw new IllegalStateException(type + " has no @Doc");
        }
        this.doc = found;
        this.shape = Shape.of(type);
        this.arguments = shape.arguments().toList();
        this.rest = arguments.stream().filter(Argument::rest).findFirst();
        this.late = arguments.stream().filter(Argument::late)
                .flatMap(argument -> Stream.concat(Stream.of(argument.name()), argument.aliases().stream()))
                .collect(Collectors.toUnmodifiableSet());
        for (Argument argument : arguments) {
            if (argument.fallback().isPresent()) {
                fallbacks.put(argument, fallback(argument));
            }
            if (argument.rest()) {
                continue;
            }
            byName.put(argument.name(), argument);
            argument.aliases().forEach(alias -> byName.putIfAbsent(alias, argument));
        }
    }

    @SuppressWarnings("unchecked") // a class's schema is of that class
    public static <A extends Record> Schema<A> of(Class<A> type) {
        return (Schema<A>) SCHEMAS.get(type);
    }

    public Doc doc() {
        return doc;
    }

    public List<Argument> arguments() {
        return arguments;
    }

    /** The names of the arguments whose templates are left alone. */
    public Set<String> late() {
        return late;
    }

    /** Whether it takes arguments of any name. */
    public boolean takesAnyName() {
        return rest.isPresent();
    }

    /** The argument of that name or other name. */
    public Optional<Argument> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** What is wrong with names of arguments, before any value is known. */
    public List<String> unknown(Iterable<String> names) {
        var unknown = new ArrayList<String>();
        if (rest.isPresent()) {
            return unknown;
        }
        for (String name : names) {
            boolean freeText = name.equals(FREE_FORM) && !doc.freeForm().isEmpty();
            if (!freeText && !byName.containsKey(name)) {
                unknown.add(name);
            }
        }
        return unknown;
    }

    /**
     * The record.
     *
     * @param module the module's name, for messages
     * @param given the arguments, with their templates evaluated. Null and omitted ones count as not given
     * @param at the task
     * @throws ProblemException with all that is wrong at once
     * @throws UnknownValueException if a value is unknown
     */
    public A bind(String module, MapValue given, Source at, Resources resources) {
        var problems = new ArrayList<Problem>();
        Map<Argument, Value> values = assigned(module, given, at, resources, problems);
        var coercion = new Coercion(resources);
        values.forEach((argument, value) -> coercion.hide(value, argument));
        var bound = new ArrayList<Object>();
        var missing = new ArrayList<String>();
        for (Argument argument : arguments) {
            try {
                Value value = values.get(argument);
                if (value != null && onNode(argument, values)) {
                    var file = ControllerFile.remote(resources.nodePath(PythonText.of(value)));
                    bound.add(argument.optional() ? Optional.of(file) : file);
                } else {
                    bound.add(bound(argument, value, coercion, resources, missing));
                }
            } catch (Coercion.Mismatch e) {
                problems.add(Problem.error(at, String.valueOf(e.getMessage())));
            } catch (ProblemException e) {
                problems.addAll(e.problems());
            }
        }
        if (!missing.isEmpty()) {
            problems.add(Problem.error(at, missing.equals(List.of(doc.freeForm()))
                    ? "one of the following is required: " + FREE_FORM + ", " + doc.freeForm()
                    : doc.missing().isEmpty()
                            ? "missing required arguments: " + String.join(", ", missing)
                            : doc.missing()));
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
        return made(bound, resources, at);
    }

    /** The values, as they are given, of arguments that are paths on the node, or may be. */
    public List<Value> nodePaths(MapValue given) {
        return given.byName().entrySet().stream()
                .filter(entry -> find(entry.getKey())
                        .filter(argument -> argument.nodePath() || !argument.remoteIf().isEmpty()).isPresent())
                .map(Map.Entry::getValue).toList();
    }

    /**
     * Something wrong with one argument.
     *
     * @param argument as the playbook names it; empty where it is none in particular
     */
    public record Fault(String argument, String summary, String hint) {}

    /**
     * What is wrong with arguments of which only some values are known; the others are {@link Unknown}, or have unknown parts.
     *
     * @param all whether these are all the arguments that there will be
     */
    public List<Fault> faults(MapValue given, boolean all, Resources resources) {
        var faults = new ArrayList<Fault>();
        var values = new LinkedHashMap<Argument, Value>();
        given.byName().forEach((written, value) -> {
            String name = written.equals(FREE_FORM) && !doc.freeForm().isEmpty() ? doc.freeForm() : written;
            Argument argument = byName.get(name);
            if (argument != null) {
                values.put(argument, value);
            } else if (rest.isEmpty() && !PRIVATE.contains(name)) {
                String near = hint(name);
                faults.add(new Fault(written, name.equals(FREE_FORM)
                        ? "This module takes no free text."
                        : "This module has no argument \"" + name + "\".",
                        near.isEmpty()
                                ? "Expected "
                                        + arguments.stream().map(Argument::name).sorted()
                                                .collect(Collectors.joining(", "))
                                        + "."
                                : near));
            }
        });
        boolean placed = values.values().stream().allMatch(Schema::known);
        values.forEach((argument, value) -> {
            if (known(value) && value != None.NONE && value != Omit.OMIT && (placed || argument.remoteIf().isEmpty())
                    && !onNode(argument, values)) {
                fault(argument, value, resources).ifPresent(faults::add);
            }
        });
        if (all) {
            var missing = arguments.stream().filter(Argument::required)
                    .filter(argument -> !values.containsKey(argument) || values.get(argument) == None.NONE)
                    .map(Argument::name).toList();
            if (!missing.isEmpty()) {
                faults.add(new Fault("", "Missing required arguments: " + String.join(", ", missing) + ".", ""));
            }
        }
        return faults;
    }

    /** Whether all of it is known, and no template any more. */
    public static boolean known(Value value) {
        return switch (value) {
            case Unknown _,Undefined _,bramble.value.Template _,bramble.value.Vaulted _ -> false;
            case ListValue list -> list.items().stream().allMatch(Schema::known);
            case TupleValue(List<Value> items) -> items.stream().allMatch(Schema::known);
            case MapValue map -> map.entries().values().stream().allMatch(Schema::known);
            default -> true;
        };
    }

    private Optional<Fault> fault(Argument argument, Value value, Resources resources) {
        try {
            Object made = new Coercion(resources).to(argument.type(), value, argument);
            if (made instanceof Mode mode && !mode.valid() && !mode.text().equals("preserve")) {
                return Optional.of(new Fault(argument.name(), "The " + argument.name()
                        + " must be in octal or symbolic form, not \"" + mode.text() + "\".",
                        "Expected '0644', say, or u=rw,go=r."));
            }
            if (argument.regex() && made instanceof String expression) {
                PythonRegex.compile(expression);
            }
            return Optional.empty();
        } catch (RegexException e) {
            return Optional.of(new Fault(argument.name(), "The " + argument.name() + " is no regular expression: "
                    + e.getMessage() + ".", ""));
        } catch (Coercion.Mismatch e) {
            String near = argument.choices().isEmpty()
                    ? ""
                    : Nearest.hint(PythonText.of(value), argument.choices());
            return Optional.of(new Fault(argument.name(), String.valueOf(e.getMessage()), near));
        } catch (ProblemException e) {
            return Optional.of(new Fault(argument.name(), e.summary(), e.problems().getFirst().hint()));
        }
    }

    /** Whether the file that the argument names is on the node. */
    private boolean onNode(Argument argument, Map<Argument, Value> values) {
        for (String word : argument.remoteIf().split(" ", -1)) {
            String[] choice = word.split("=", 2);
            if (choice.length == 2) {
                Argument says = byName.get(choice[0]);
                if (says != null && Optional.ofNullable(values.get(says)).map(PythonText::of).or(says::fallback)
                        .equals(Optional.of(choice[1]))) {
                    return true;
                }
                continue;
            }
            Argument says = byName.get(word.replace("!", ""));
            if (says == null) {
                continue;
            }
            Value value = values.get(says);
            boolean yes = value == null
                    ? says.fallback().filter("true"::equals).isPresent()
                    : Coercion.bool(value, says);
            if (value == null ? yes && !word.startsWith("!") : yes != word.startsWith("!")) {
                return true;
            }
        }
        return false;
    }

    private Map<Argument, Value> assigned(String module, MapValue given, Source at, Resources resources,
            List<Problem> problems) {
        var values = new LinkedHashMap<Argument, Value>();
        var others = new LinkedHashMap<String, Value>();
        var unknown = new ArrayList<String>();
        for (Map.Entry<String, Value> entry : given.byName().entrySet()) {
            String name = entry.getKey().equals(FREE_FORM) && !doc.freeForm().isEmpty()
                    ? doc.freeForm()
                    : entry.getKey();
            Argument argument = byName.get(name);
            Value value = entry.getValue();
            if (value == Omit.OMIT || PRIVATE.contains(name)) {
                continue;
            }
            if (argument == null && rest.isPresent()) {
                checkDefined(value);
                others.put(name, value);
                continue;
            }
            if (argument == null) {
                unknown.add(name.equals(FREE_FORM) ? PythonText.of(value) : name);
                continue;
            }
            checkKnown(value);
            boolean noFile = argument.type() == ControllerFile.class && value.equals(new Text(""));
            if (noFile || (value == None.NONE && !argument.keepsNull())) {
                continue;
            }
            if (values.put(argument, value) != null) {
                resources.warn("Both option " + argument.name() + " and its alias are set.");
            }
        }
        rest.ifPresent(argument -> values.put(argument, MapValue.named(others)));
        if (!unknown.isEmpty()) {
            String hint = unknown.stream().map(this::hint)
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(" "));
            problems.add(Problem.error(at, "Unsupported parameters for (" + module + ") module: "
                    + String.join(", ", new TreeSet<>(unknown)) + ". Supported parameters include: "
                    + arguments.stream().map(Argument::title).sorted().collect(Collectors.joining(", ")) + ".", hint));
        }
        return values;
    }

    /** What is to be done in place of giving an argument that there isn't; empty if nobody knows. */
    private String hint(String name) {
        return Arrays.stream(doc.refuses()).filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2)).findFirst()
                .orElseGet(() -> Nearest.hint(name, byName.keySet()));
    }

    private static void checkDefined(Value value) {
        if (value instanceof Undefined undefined) {
            throw new ProblemException(undefined.source(), undefined.what());
        }
    }

    private static void checkKnown(Value value) {
        switch (value) {
            case Unknown(String why) -> throw new UnknownValueException(why);
            case ListValue list -> list.items().forEach(Schema::checkKnown);
            case TupleValue(List<Value> items) -> items.forEach(Schema::checkKnown);
            case MapValue map -> map.entries().values().forEach(Schema::checkKnown);
            case Undefined undefined -> throw new ProblemException(undefined.source(), undefined.what());
            default -> {
                // a plain value
            }
        }
    }

    private Object bound(Argument argument, @org.jspecify.annotations.Nullable Value value, Coercion coercion,
            Resources resources, List<String> missing) {
        Value usual = fallbacks.get(argument);
        if (value == null && usual != null) {
            Object object = coercion.to(argument.type(), usual, argument);
            return argument.optional() ? Optional.of(object) : object;
        }
        if (value == null) {
            if (argument.required()) {
                missing.add(argument.name());
            }
            return Optional.empty();
        }
        Object object = coercion.to(argument.type(), argument.nodePath() ? expanded(value, resources) : value,
                argument);
        return argument.optional() ? Optional.of(object) : object;
    }

    private static Value expanded(Value path, Resources resources) {
        return switch (path) {
            case Text(String text) -> new Text(resources.nodePath(text));
            case ListValue list -> new ListValue(list.items().stream().map(item -> expanded(item, resources)).toList());
            case TupleValue(List<Value> items) ->
                new ListValue(items.stream().map(item -> expanded(item, resources)).toList());
            default -> path;
        };
    }

    static Value fallback(Argument argument) {
        String text = argument.fallback().orElseThrow();
        boolean list = argument.type() instanceof ParameterizedType;
        if (text.isEmpty()) {
            return list ? ListValue.EMPTY : new Text("");
        }
        if (argument.type() == String.class || argument.type() == Mode.class) {
            return new Text(text);
        }
        return YamlReader.read(text, "", _ -> {}).stream().findFirst().map(NodeValues::plain).orElse(new Text(text));
    }

    private A made(List<Object> values, Resources resources, Source at) {
        try {
            return shape.make(values.iterator(), resources);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw new ProblemException(at, String.valueOf(wrong.getMessage()));
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
