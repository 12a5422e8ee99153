package bramble.args;

import bramble.problem.Nearest;
import bramble.problem.ProblemException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ansible's conversions of arguments: what a playbook gives becomes what the module declares. */
final class Coercion {
    private static final Set<String> YES = Set.of("yes", "true", "on", "y", "t", "1");
    private static final Set<String> NO = Set.of("no", "false", "off", "n", "f", "0");

    private final Resources resources;

    Coercion(Resources resources) {
        this.resources = resources;
    }

    /** A value can't be what it has to be; the message is a sentence. */
    static final class Mismatch extends RuntimeException {
        Mismatch(String message) {
            super(message, null, false, false);
        }
    }

    /** Keeps the secrets in it from being shown, however deep: before anything is wrong with it, as its line is shown then. */
    void hide(Value value, Argument argument) {
        if (argument.secret() && value != None.NONE && value != Omit.OMIT) {
            resources.secret(PythonText.of(value));
        }
        List<Argument> inner = argument.inner();
        if (inner.isEmpty()) {
            return;
        }
        for (Value one : several(value, argument)) {
            record(one, inner).ifPresent(given -> inner.forEach(part -> Stream
                    .concat(Stream.of(part.name()), part.aliases().stream()).map(given::get)
                    .flatMap(Optional::stream).forEach(inside -> hide(inside, part))));
        }
    }

    /** What is to be a record of arguments each. */
    private static List<Value> several(Value value, Argument argument) {
        Type outer = argument.type() instanceof ParameterizedType many ? many.getRawType() : argument.type();
        if (outer == Map.class) {
            return map(value).map(map -> List.copyOf(map.entries().values())).orElse(List.of());
        }
        return switch (value) {
            case ListValue list -> list.items();
            case TupleValue(List<Value> items) -> items;
            case Text text when outer == List.class -> split(text);
            case Value one -> List.of(one);
        };
    }

    private static List<Value> split(Text list) {
        return Arrays.stream(list.value().split(",", -1)).map(String::strip).<Value>map(Text::new).toList();
    }

    /** The arguments that are given by it; a text stands for the first of them. */
    private static Optional<MapValue> record(Value value, List<Argument> arguments) {
        return value instanceof Text(String text) && !text.contains("=") && !text.startsWith("{")
                ? Optional.of(MapValue.of(arguments.getFirst().name(), value))
                : map(value);
    }

    private static Optional<MapValue> map(Value value) {
        return switch (value) {
            case MapValue map -> Optional.of(map);
            case Text(String text) when text.strip().startsWith("{") -> written(text);
            case Text(String text) -> pairs(text);
            default -> Optional.empty();
        };
    }

    Object to(Type type, Value value, Argument argument) {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == List.class) {
            return list(parameterized.getActualTypeArguments()[0], value, argument);
        }
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Map.class) {
            return named(parameterized.getActualTypeArguments()[1], value, argument);
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalStateException("no argument can be of type " + type);
        }
        if (plain == String.class) {
            return PythonText.of(value);
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return bool(value, argument);
        }
        if (plain == int.class || plain == Integer.class) {
            return small(whole(value, argument), value, argument);
        }
        if (plain == long.class || plain == Long.class) {
            return whole(value, argument);
        }
        if (plain == double.class || plain == Double.class) {
            return real(value, argument);
        }
        if (plain == Mode.class) {
            return new Mode(mode(value, argument));
        }
        if (plain == MapValue.class) {
            return map(value, argument);
        }
        if (plain == Value.class) {
            return value;
        }
        if (plain == ControllerFile.class) {
            return resources.file(PythonText.of(value));
        }
        if (plain == ControllerCommand.class) {
            List<String> words = words(value, argument);
            return new ControllerCommand(resources.file(words.getFirst()), words.subList(1, words.size()));
        }
        if (plain == TemplateFile.class) {
            var path = resources.find("templates", PythonText.of(value));
            return new TemplateFile(path, options -> resources.render(path, options));
        }
        if (plain.isEnum()) {
            return choice(plain, value, argument);
        }
        if (plain.isRecord()) {
            return inner(Shape.of(plain.asSubclass(Record.class)), value, argument);
        }
        throw new IllegalStateException("no argument can be of type " + type);
    }

    private static List<String> words(Value value, Argument argument) {
        try {
            List<String> words = ShellSplit.words(PythonText.of(value));
            if (!words.isEmpty()) {
                return words;
            }
            throw new Mismatch("value of " + argument.name() + " names no file");
        } catch (IllegalArgumentException e) {
            throw new Mismatch("value of " + argument.name() + " can't be split into words: " + e.getMessage());
        }
    }

    private List<Object> list(Type items, Value value, Argument argument) {
        List<Value> given = switch (value) {
            case ListValue list -> list.items();
            case TupleValue(List<Value> tuple) -> tuple;
            case Text(String text) when text.isEmpty() -> List.of();
            case Text text -> split(text);
            case Int _,Real _,Bool _ -> List.of(value);
            case MapValue map when items == MapValue.class || items == Value.class -> List.of(map);
            default -> throw mismatch(value, "list", argument);
        };
        return given.stream().map(item -> element(items, item, argument)).toList();
    }

    private Map<String, Object> named(Type type, Value value, Argument argument) {
        var named = new LinkedHashMap<String, Object>();
        map(value, argument).entries().forEach((name, item) -> named.put(PythonText.of(name),
                to(type, item, argument.named(argument.name() + "." + PythonText.of(name)))));
        return named;
    }

    /** A mapping as a record of arguments. */
    private <A extends Record> A inner(Shape<A> shape, Value value, Argument argument) {
        List<Argument> arguments = shape.arguments().toList();
        MapValue given = record(value, arguments).orElseGet(() -> map(value, argument));
        var left = new LinkedHashMap<>(given.byName());
        checkNames(left.keySet(), arguments, argument);
        var bound = new ArrayList<Object>();
        for (Argument one : arguments) {
            Argument here = one.named(argument.name() + "." + one.name());
            Value mine = left.remove(one.name());
            for (String alias : one.aliases()) {
                Value other = left.remove(alias);
                mine = mine == null ? other : mine;
            }
            if (mine == null || mine == None.NONE || mine == Omit.OMIT) {
                if (one.required()) {
                    throw new Mismatch("missing required arguments: " + one.name() + " found in " + argument.name());
                }
                mine = one.fallback().map(text -> Schema.fallback(one)).orElse(null);
            }
            Object made = mine == null ? null : to(one.type(), mine, here);
            bound.add(one.optional() ? Optional.ofNullable(made) : made);
        }
        try {
            return shape.make(bound.iterator(), resources);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkNames(Set<String> given, List<Argument> arguments, Argument argument) {
        List<String> unknown = given.stream().filter(name -> arguments.stream()
                .noneMatch(one -> one.name().equals(name) || one.aliases().contains(name))).toList();
        if (!unknown.isEmpty()) {
            List<String> names = arguments.stream().map(Argument::name).toList();
            String near = Nearest.hint(unknown.getFirst(), names);
            throw new Mismatch("Unsupported parameters: " + String.join(", ", unknown) + " found in "
                    + argument.name() + ". Supported parameters include: "
                    + names.stream().sorted().collect(Collectors.joining(", ")) + "."
                    + (near.isEmpty() ? "" : " " + near));
        }
    }

    private Object element(Type type, Value item, Argument argument) {
        if (type instanceof Class<?> choices && choices.isEnum()) {
            return choice(choices, item)
                    .orElseThrow(() -> new Mismatch("value of " + argument.name() + " must be one or more of: "
                            + String.join(", ", argument.choices()) + ". Got no match for: " + PythonText.of(item)));
        }
        try {
            return to(type, item, argument);
        } catch (Mismatch e) {
            throw new Mismatch(
                    String.valueOf(e.getMessage()).replaceFirst("^argument '", "Elements value for option '"));
        }
    }

    private static int small(long number, Value value, Argument argument) {
        if (number != (int) number) {
            throw mismatch(value, "int", argument);
        }
        return (int) number;
    }

    static boolean bool(Value value, Argument argument) {
        if (value instanceof MapValue || value instanceof ListValue || value instanceof TupleValue) {
            throw mismatch(value, "bool", argument);
        }
        String word = PythonText.of(value).strip().toLowerCase(Locale.ROOT);
        if (YES.contains(word) || word.equals("1.0")) {
            return true;
        }
        if (NO.contains(word) || word.equals("0.0")) {
            return false;
        }
        throw new Mismatch("argument '" + argument.name() + "' is of type " + python(value)
                + " and we were unable to convert to bool: The value '" + PythonText.of(value)
                + "' is not a valid boolean.  Valid booleans include: 0, 1, 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', "
                + "'y', 'yes'");
    }

    private static long whole(Value value, Argument argument) {
        try {
            return switch (value) {
                case Int(var number) -> number.longValueExact();
                case Text(String text) -> Long.parseLong(text.strip().replaceAll("(?<=[0-9])_(?=[0-9])", ""));
                case Bool flag -> flag.value() ? 1 : 0;
                default -> throw mismatch(value, "int", argument);
            };
        } catch (ArithmeticException | NumberFormatException e) {
            throw mismatch(value, "int", argument);
        }
    }

    private static double real(Value value, Argument argument) {
        try {
            return switch (value) {
                case Int(var number) -> number.doubleValue();
                case Real(double number) -> number;
                case Bool flag -> flag.value() ? 1 : 0;
                case Text(String text) -> Double.parseDouble(switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "inf", "infinity" -> "Infinity";
                    case "-inf", "-infinity" -> "-Infinity";
                    case "nan" -> "NaN";
                    case String number -> number;
                });
                default -> throw mismatch(value, "float", argument);
            };
        } catch (NumberFormatException e) {
            throw mismatch(value, "float", argument);
        }
    }

    /** A YAML integer is the number itself: 0644 was read as 420, which is octal 644. */
    private String mode(Value value, Argument argument) {
        if (!(value instanceof Int(var number))) {
            return PythonText.of(value);
        }
        String octal = "0" + number.toString(8);
        if (number.toString().matches("[0-7]{3}") && number.intValue() > 0777) {
            resources.warn("The " + argument.name() + " " + number + " is a decimal number, " + octal
                    + " in octal. If " + number + " was meant in octal, write '0" + number + "'.");
        }
        return octal;
    }

    private static MapValue map(Value value, Argument argument) {
        if (!(value instanceof MapValue || value instanceof Text)) {
            throw mismatch(value, "dict", argument);
        }
        return map(value).orElseThrow(() -> unreadable(value, argument));
    }

    private static Optional<MapValue> pairs(String text) {
        var entries = new LinkedHashMap<Value, Value>();
        for (String part : parts(text)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                return Optional.empty();
            }
            entries.put(new Text(part.substring(0, equals).strip()), new Text(part.substring(equals + 1).strip()));
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(new MapValue(entries));
    }

    /** A mapping as JSON or Python writes it. */
    private static Optional<MapValue> written(String text) {
        Optional<Value> json = Json.tryParse(text);
        if (json.isPresent()) {
            return json.filter(MapValue.class::isInstance).map(MapValue.class::cast);
        }
        try {
            return NodeValues.plain(YamlReader.readOne(text, "", _ -> {})) instanceof MapValue map
                    ? Optional.of(map)
                    : Optional.empty();
        } catch (ProblemException _) {
            return Optional.empty();
        }
    }

    /** What commas and blanks separate, outside of quotes; a backslash takes the next letter as it is. */
    private static List<String> parts(String text) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                part.append(text.charAt(i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == ',' || Character.isWhitespace(c))) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts.stream().filter(one -> !one.isEmpty()).toList();
    }

    private static Mismatch unreadable(Value value, Argument argument) {
        return new Mismatch("argument '" + argument.name() + "' is of type " + python(value)
                + " and we were unable to convert to dict: dictionary requested, could not parse JSON or key=value");
    }

    private static Object choice(Class<?> type, Value value, Argument argument) {
        return choice(type, value).orElseThrow(() -> new Mismatch("value of " + argument.name() + " must be one of: "
                + String.join(", ", argument.choices()) + ", got: " + PythonText.of(value)));
    }

    private static Optional<Object> choice(Class<?> type, Value value) {
        var words = new ArrayList<String>();
        if (value instanceof Bool flag) {
            words.addAll(flag.value() ? List.of("yes", "true", "on") : List.of("no", "false", "off"));
        } else {
            words.add(PythonText.of(value));
        }
        for (Object constant : type.getEnumConstants()) {
            if (words.stream().anyMatch(word -> Argument.matches((Enum<?>) constant, word))) {
                return Optional.of(constant);
            }
        }
        return Optional.empty();
    }

    private static Mismatch mismatch(Value value, String type, Argument argument) {
        return new Mismatch("argument '" + argument.name() + "' is of type " + python(value)
                + " and we were unable to convert to " + type + ": " + python(value) + " cannot be converted to "
                + (type.equals("int") ? "an " : "a ") + type);
    }

    private static String python(Value value) {
        String type = switch (value) {
            case Text _ -> "str";
            case Int _ -> "int";
            case Real _ -> "float";
            case Bool _ -> "bool";
            case ListValue _ -> "list";
            case TupleValue _ -> "tuple";
            case MapValue _ -> "dict";
            default -> "object";
        };
        return "<class '" + type + "'>";
    }
}
