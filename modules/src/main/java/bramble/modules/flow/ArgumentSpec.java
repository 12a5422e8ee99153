package bramble.modules.flow;

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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What arguments must be like, as a role's {@code argument_specs} say it. */
final class ArgumentSpec {
    private static final Set<String> BOOLEANS = Set.of("yes", "no", "true", "false", "on", "off", "y", "n", "t", "f",
            "1", "0",
            "1.0", "0.0");

    private final List<String> problems = new ArrayList<>();

    private ArgumentSpec() {}

    /** What is wrong with the arguments, a sentence each. */
    static List<String> problems(MapValue spec, Map<String, Value> given) {
        var check = new ArgumentSpec();
        check.all(spec, given, "");
        return List.copyOf(check.problems);
    }

    /** @param where the option that these are within; empty at the top */
    private void all(MapValue spec, Map<String, Value> given, String where) {
        var names = new TreeSet<String>();
        spec.byName().forEach((name, option) -> {
            names.add(name);
            names.addAll(texts(field(option, "aliases")));
        });
        String unsupported = given.keySet().stream().filter(name -> !names.contains(name)).sorted()
                .map(name -> where.isEmpty() ? name : where + "." + name).collect(Collectors.joining(", "));
        if (!unsupported.isEmpty()) {
            problems.add(unsupported + ". Supported parameters include: " + String.join(", ", names) + ".");
        }
        var missing = new TreeSet<String>();
        var values = new ArrayList<Runnable>();
        spec.byName().forEach((name, option) -> {
            Value value = value(name, option, given);
            if (absent(value)) {
                boolean empty = given.containsKey(name); // a null was given: it counts, though there is nothing to check
                if (!empty && required(option) && absent(field(option, "default"))) {
                    missing.add(name);
                }
                if (empty && (required(option) || !absent(field(option, "default")))) {
                    refuseNull(name, option, where);
                }
            } else {
                values.add(() -> one(name, option, value, where));
            }
        });
        if (!missing.isEmpty()) {
            problems.add("missing required arguments: " + String.join(", ", missing) + found(where));
        }
        values.forEach(Runnable::run);
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

    private void one(String name, Value option, Value value, String where) {
        if (value instanceof Unknown) {
            return;
        }
        String type = type(option);
        String path = where.isEmpty() ? name : where + "." + name;
        if (!fits(type, value)) {
            problems.add("argument '" + name + "' is of type " + python(value) + found(where)
                    + " and we were unable to convert to " + type + ": " + python(value) + " cannot be converted to "
                    + (type.equals("int") ? "an " : "a ") + type);
            return;
        }
        List<Value> parts = type.equals("list") ? listed(value) : List.of(value);
        Value elements = field(option, "elements");
        if (type.equals("list") && !absent(elements)) {
            String element = PythonText.of(elements);
            for (Value part : parts) {
                if (!(part instanceof Unknown) && !fits(element, part)) {
                    problems.add(
                            "Elements value for option '" + name + "'" + found(where) + " is of type " + python(part)
                                    + " and we were unable to convert to " + element + ": " + python(part)
                                    + " cannot be converted to "
                                    + (element.equals("int") ? "an " : "a ") + element);
                }
            }
        }
        choices(name, option, type, parts, where);
        if (field(option, "options") instanceof MapValue below) {
            for (Value part : parts) {
                if (part instanceof MapValue map) {
                    all(below, map.byName(), path);
                }
            }
        }
    }

    private void choices(String name, Value option, String type, List<Value> parts, String where) {
        List<String> choices = texts(field(option, "choices"));
        if (choices.isEmpty()) {
            return;
        }
        List<String> wrong = parts.stream().filter(part -> !(part instanceof Unknown)).map(PythonText::of)
                .filter(text -> !choices.contains(text)).toList();
        if (!wrong.isEmpty()) {
            problems.add("value of " + name + " must be one " + (type.equals("list") ? "or more of: " : "of: ")
                    + String.join(", ", choices)
                    + (type.equals("list") ? ". Got no match for: " : ", got: ") + String.join(", ", wrong)
                    + found(where));
        }
    }

    private static List<Value> listed(Value value) {
        return value instanceof Text(String text)
                ? List.of(text.split(",", -1)).stream().<Value>map(part -> new Text(part.strip())).toList()
                : value instanceof ListValue || value instanceof TupleValue ? items(value) : List.of(value);
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
            case "path" -> !(value instanceof MapValue) && !(value instanceof ListValue);
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
