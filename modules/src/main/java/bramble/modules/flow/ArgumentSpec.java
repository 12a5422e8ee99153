package bramble.modules.flow;

import bramble.module.Specified;
import bramble.problem.Nearest;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What arguments must be like, as a role's {@code argument_specs} say it. */
final class ArgumentSpec {
    private static final Set<String> BOOLEANS = Set.of("yes", "no", "true", "false", "on", "off", "y", "n", "t", "f",
            "1", "0",
            "1.0", "0.0");

    private final List<String> problems = new ArrayList<>();
    /** Arguments that no option is there for, each with the options beside it, and those beside the last of them. */
    private final Map<String, Set<String>> unsupported = new TreeMap<>();
    private String supported = "";

    private ArgumentSpec() {}

    /** What is wrong with the arguments, a sentence each. */
    static List<String> problems(MapValue spec, Map<String, Value> given) {
        var check = new ArgumentSpec();
        check.all(spec, given, "");
        if (!check.unsupported.isEmpty()) {
            check.problems.add(String.join(", ", check.unsupported.keySet()) + ". Supported parameters include: "
                    + check.supported + ".");
        }
        return List.copyOf(check.problems);
    }

    /** The same for each variable by itself. */
    static List<Specified.Fault> faults(MapValue spec, Map<String, Value> given) {
        var faults = new ArrayList<Specified.Fault>();
        spec.byName().forEach((name, option) -> {
            if (required(option) && absent(field(option, "default")) && absent(value(name, option, given))
                    && !given.containsKey(name)) {
                faults.add(new Specified.Fault(name, "It is missing, and the role can't do without it.", true));
                return;
            }
            var own = new LinkedHashMap<String, Value>();
            Stream.concat(Stream.of(name), texts(field(option, "aliases")).stream())
                    .forEach(one -> Optional.ofNullable(given.get(one)).ifPresent(value -> own.put(one, value)));
            Value value = value(name, option, given);
            boolean whole = absent(value) || !(value instanceof Unknown || fits(type(option), value));
            var check = new ArgumentSpec();
            check.all(MapValue.named(Map.of(name, option)), own, "");
            check.unsupported.forEach((one, names) -> check.problems.add("there is no " + one + "; there are "
                    + String.join(", ", names) + ". "
                    + Nearest.hint(one.substring(one.lastIndexOf('.') + 1), names)));
            check.problems.forEach(what -> faults
                    .add(new Specified.Fault(name, what.strip().replaceFirst("([^?.])$", "$1."), whole)));
        });
        return List.copyOf(faults);
    }

    /** @param where the option that these are within; empty at the top */
    private void all(MapValue spec, Map<String, Value> given, String where) {
        var names = new TreeSet<String>();
        spec.byName().forEach((name, option) -> {
            names.add(name);
            names.addAll(texts(field(option, "aliases")));
        });
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                unsupported.put(where.isEmpty() ? name : where + "." + name, names);
                supported = String.join(", ", names);
            }
        }
        var missing = new TreeSet<String>();
        var types = new ArrayList<Runnable>();
        var choices = new ArrayList<Runnable>();
        var below = new ArrayList<Runnable>();
        spec.byName().forEach((name, option) -> {
            Value value = value(name, option, given);
            if (absent(value)) {
                boolean empty = given.containsKey(name); // a null was given: it counts, though there is nothing to check
                if (!empty && required(option) && absent(field(option, "default"))) {
                    missing.add(name);
                }
                if (empty && (required(option) || !absent(field(option, "default")))) {
                    types.add(() -> refuseNull(name, option, where));
                }
            } else if (!(value instanceof Unknown)) {
                types.add(() -> types(name, option, value, where));
                choices.add(() -> choices(name, option, value, where));
                below.add(() -> below(name, option, value, where));
            }
        });
        if (!missing.isEmpty()) {
            problems.add("missing required arguments: " + String.join(", ", missing) + found(where));
        }
        types.forEach(Runnable::run);
        choices.forEach(Runnable::run);
        below.forEach(Runnable::run);
    }

    private static boolean required(Value option) {
        return PythonText.of(field(option, "required")).toLowerCase(Locale.ROOT).matches("true|yes");
    }

    /** Says of an option that needs a value what a null can't be. */
    private void refuseNull(String name, Value option, String where) {
        String type = type(option);
        String why = switch (type) {
            case "str", "path" -> "'None' is not a string and conversion is not allowed";
            case "int" -> "\"None\" cannot be converted to an int";
            case "raw" -> "";
            default -> "<class 'NoneType'> cannot be converted to a " + type;
        };
        if (!why.isEmpty()) {
            problems.add("argument '" + name + "' is of type <class 'NoneType'>" + found(where)
                    + " and we were unable to convert to " + type + ": " + why);
        }
    }

    private static String type(Value option) {
        Value type = field(option, "type");
        return absent(type) ? "str" : PythonText.of(type);
    }

    private static String found(String where) {
        return where.isEmpty() ? "" : " found in " + where.replace(".", " -> ");
    }

    private static Value value(String name, Value option, Map<String, Value> given) {
        Value value = given.getOrDefault(name, None.NONE);
        for (String alias : texts(field(option, "aliases"))) {
            value = absent(value) ? given.getOrDefault(alias, None.NONE) : value;
        }
        return value;
    }

    private static boolean absent(Value value) {
        return value == None.NONE || value instanceof Undefined;
    }

    private static Value field(Value option, String name) {
        return option instanceof MapValue map ? map.get(name).orElse(None.NONE) : None.NONE;
    }

    private static List<Value> items(Value list) {
        return switch (list) {
            case ListValue items -> items.items();
            case TupleValue(List<Value> items) -> items;
            default -> List.of();
        };
    }

    private static List<String> texts(Value list) {
        return items(list).stream().map(PythonText::of).toList();
    }

    private void types(String name, Value option, Value value, String where) {
        String type = type(option);
        if (!fits(type, value)) {
            problems.add("argument '" + name + "' is of type " + python(value) + found(where)
                    + " and we were unable to convert to " + type + ": " + why(type, value));
            return;
        }
        Value elements = field(option, "elements");
        if (!type.equals("list") || absent(elements)) {
            return;
        }
        String element = PythonText.of(elements);
        for (Value part : listed(value)) {
            if (!(part instanceof Unknown) && !fits(element, part)) {
                problems.add("Elements value for option '" + name + "'" + found(where) + " is of type " + python(part)
                        + " and we were unable to convert to " + element + ": " + why(element, part));
            }
        }
    }

    private static List<Value> parts(Value option, Value value) {
        return type(option).equals("list") ? listed(value) : List.of(value);
    }

    private void choices(String name, Value option, Value value, String where) {
        List<String> choices = texts(field(option, "choices"));
        if (choices.isEmpty()) {
            return;
        }
        boolean list = type(option).equals("list");
        List<String> wrong = parts(option, value).stream().filter(part -> !(part instanceof Unknown))
                .map(PythonText::of).filter(text -> !choices.contains(text)).toList();
        if (!wrong.isEmpty()) {
            problems.add("value of " + name + " must be one " + (list ? "or more of: " : "of: ")
                    + String.join(", ", choices)
                    + (list ? ". Got no match for: " : ", got: ") + String.join(", ", wrong)
                    + found(where));
        }
    }

    /** What stands within an option that has options of its own, and what these say of each other. */
    private void below(String name, Value option, Value value, String where) {
        if (!(field(option, "options") instanceof MapValue options)) {
            return;
        }
        String path = where.isEmpty() ? name : where + "." + name;
        for (Value part : parts(option, value)) {
            if (part instanceof MapValue map) {
                Map<String, Value> given = map.byName();
                new Relations(option, given).exclusive().forEach(problem -> problems.add(problem + found(path)));
                all(options, given, path);
                new Relations(option, withDefaults(options, given)).needs()
                        .forEach(problem -> problems.add(problem + found(path)));
            }
        }
    }

    private static Map<String, Value> withDefaults(MapValue options, Map<String, Value> given) {
        var all = new LinkedHashMap<>(given);
        options.byName().forEach((name, option) -> {
            Value otherwise = field(option, "default");
            if (!absent(otherwise)) {
                all.putIfAbsent(name, otherwise);
            }
        });
        return all;
    }

    /** What an option says of those within it: which exclude each other, and which need others. */
    private record Relations(Value option, Map<String, Value> given) {
        private boolean has(String name) {
            return !absent(given.getOrDefault(name, None.NONE));
        }

        private List<List<String>> groups(String kind) {
            List<Value> all = items(field(option, kind));
            return all.stream().allMatch(Text.class::isInstance) && !all.isEmpty()
                    ? List.of(texts(field(option, kind)))
                    : all.stream().map(ArgumentSpec::texts).toList();
        }

        List<String> exclusive() {
            List<String> clashes = groups("mutually_exclusive").stream()
                    .filter(group -> group.stream().filter(given::containsKey).count() > 1)
                    .map(group -> String.join("|", group)).toList();
            return clashes.isEmpty()
                    ? List.of()
                    : List.of("parameters are mutually exclusive: " + String.join(", ", clashes));
        }

        List<String> needs() {
            var problems = new ArrayList<String>();
            groups("required_together").stream()
                    .filter(group -> group.stream().anyMatch(given::containsKey)
                            && !group.stream().allMatch(given::containsKey))
                    .findFirst()
                    .ifPresent(group -> problems
                            .add("parameters are required together: " + String.join(", ", group)));
            groups("required_one_of").stream().filter(group -> group.stream().noneMatch(given::containsKey))
                    .findFirst()
                    .ifPresent(group -> problems
                            .add("one of the following is required: " + String.join(", ", group)));
            items(field(option, "required_if")).stream().flatMap(rule -> lacking(items(rule)).stream()).findFirst()
                    .ifPresent(problems::add);
            if (field(option, "required_by") instanceof MapValue rules) {
                rules.byName().forEach((name, needed) -> {
                    List<String> missing = (needed instanceof Text(String one) ? List.of(one) : texts(needed)).stream()
                            .filter(other -> !has(other)).toList();
                    if (has(name) && !missing.isEmpty()) {
                        problems.add("missing parameter(s) required by '" + name + "': "
                                + String.join(", ", missing));
                    }
                });
            }
            return problems;
        }

        /** {@code [option, value, needed, whether any of these is enough]}. */
        private Optional<String> lacking(List<Value> rule) {
            if (rule.size() < 3
                    || !PythonText.of(given.getOrDefault(PythonText.of(rule.get(0)), None.NONE))
                            .equals(PythonText.of(rule.get(1)))) {
                return Optional.empty();
            }
            List<String> needed = texts(rule.get(2));
            List<String> missing = needed.stream().filter(name -> !has(name)).toList();
            boolean any = rule.size() > 3 && rule.get(3).equals(Value.of(true));
            return missing.isEmpty() || (any && missing.size() < needed.size())
                    ? Optional.empty()
                    : Optional.of(PythonText.of(rule.get(0)) + " is " + PythonText.of(rule.get(1)) + " but "
                            + (any ? "any" : "all") + " of the following are missing: " + String.join(", ", missing));
        }
    }

    private static List<Value> listed(Value value) {
        return value instanceof Text(String text)
                ? List.of(text.split(",", -1)).stream().<Value>map(part -> new Text(part.strip())).toList()
                : value instanceof ListValue || value instanceof TupleValue ? items(value) : List.of(value);
    }

    private static String why(String type, Value value) {
        if (value instanceof Text(String text) && type.equals("dict")) {
            return text.strip().startsWith("{")
                    ? "unable to evaluate string as dictionary"
                    : "dictionary requested, could not parse JSON or key=value";
        }
        if (value instanceof Text(String text) && type.equals("bool")) {
            return "The value '" + text + "' is not a valid boolean.  Valid booleans include: "
                    + "'yes', 'no', 'true', 'false', 'on', 'off', 'y', 'n', 't', 'f', '1', '0', 1, 0";
        }
        return python(value) + " cannot be converted to " + switch (type) {
            case "bytes" -> "a Byte value";
            case "bits" -> "a Bit value";
            case "int" -> "an int";
            case String _ -> "a " + type;
        };
    }

    private static boolean fits(String type, Value value) {
        return switch (type) {
            case "int" ->
                value instanceof Int || (value instanceof Text(String text) && text.strip().matches("[+-]?\\d+"))
                        || (value instanceof Real(double number) && number == Math.rint(number));
            case "float" -> value instanceof Int || value instanceof Real
                    || (value instanceof Text(String text)
                            && text.strip().matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"));
            case "bool" -> value instanceof Bool
                    || (!(value instanceof MapValue)
                            && BOOLEANS.contains(PythonText.of(value).strip().toLowerCase(Locale.ROOT)));
            case "list" -> !(value instanceof MapValue) && !(value instanceof Bool);
            case "dict" -> value instanceof MapValue || (value instanceof Text(String text)
                    && (text.strip().startsWith("{") ? Json.tryParse(text).isPresent() : text.contains("=")));
            case "bytes", "bits" -> value instanceof Int
                    || (value instanceof Text(String text) && text.strip().matches(
                            "\\d+(\\.\\d*)?\\s*([YZEPTGMK]?("
                                    + (type.equals("bytes") ? "B|yte|bytes|byte" : "b|bit|bits")
                                    + ")?)?"));
            default -> true;
        };
    }

    private static String python(Value value) {
        return "<class '" + switch (value) {
            case Text _ -> "str";
            case Int _ -> "int";
            case Real _ -> "float";
            case Bool _ -> "bool";
            case ListValue _ -> "list";
            case TupleValue _ -> "tuple";
            case MapValue _ -> "dict";
            default -> "object";
        } + "'>";
    }
}
