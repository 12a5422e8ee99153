package bramble.value;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes and reads JSON, in the forms that Python's json module and Ansible's output have. */
public final class Json {
    private static final ObjectMapper READER = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    private Json() {}

    /**
     * How JSON is written.
     *
     * @param indent spaces a level; negative for one line
     * @param sorted whether keys are in order
     * @param escaped whether what is not ASCII is written as {@code \\uXXXX}
     * @param item what separates items, without a newline
     * @param key what separates a key from its value
     */
    public record Style(int indent, boolean sorted, boolean escaped, String item, String key) {
        /** As Python's json.dumps writes by default. */
        public static final Style COMPACT = new Style(-1, false, true, ", ", ": ");
        /** As Ansible prints results. */
        public static final Style PRETTY = new Style(4, true, false, ",", ": ");
    }

    /** One line, with Python's separators, non-ASCII characters escaped. */
    public static String compact(Value value) {
        return write(value, Style.COMPACT);
    }

    /** Four spaces a level, sorted keys, non-ASCII characters as they are: as Ansible prints results. */
    public static String pretty(Value value) {
        return write(value, Style.PRETTY);
    }

    /** A value without a JSON form is a {@link ProblemException}, an unknown one an {@link UnknownValueException}. */
    public static String write(Value value, Style style) {
        var out = new StringBuilder();
        write(value, style, 0, out);
        return out.toString();
    }

    private static void write(Value value, Style style, int level, StringBuilder out) {
        switch (value) {
            case None _ -> out.append("null");
            case Bool bool -> out.append(bool.value());
            case Int(var number) -> out.append(number);
            case Real(double number) -> out.append(real(number));
            case Text(String text) -> quote(text, style, out);
            case Template(String text, _) -> quote(text, style, out);
            case Vaulted(String envelope, _) -> quote(envelope, style, out);
            case ListValue list -> list(list.items(), style, level, out);
            case TupleValue(List<Value> items) -> list(items, style, level, out);
            case MapValue map -> map(map, style, level, out);
            case ObjectValue object -> quote(object.text(), style, out);
            case Callable _ -> throw new ProblemException(bramble.problem.Source.NONE,
                    "Object of type function is not JSON serializable");
            case Omit _ -> quote(PythonText.of(Omit.OMIT), style, out);
            case Undefined(String what, var source, var hint, _) ->
                throw new ProblemException(Problem.error(source, what, hint.get()));
            case Unknown(String why) -> throw new UnknownValueException(why);
        }
    }

    private static String real(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity" : PythonText.real(number);
    }

    private static void list(List<Value> items, Style style, int level, StringBuilder out) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : style.item);
            line(style, level + 1, out);
            write(items.get(i), style, level + 1, out);
        }
        line(style, level, out);
        out.append(']');
    }

    private static void map(MapValue map, Style style, int level, StringBuilder out) {
        if (map.entries().isEmpty()) {
            out.append("{}");
            return;
        }
        List<Map.Entry<Value, Value>> entries = new ArrayList<>(map.entries().entrySet());
        if (style.sorted) {
            entries.sort((a, b) -> name(a.getKey()).compareTo(name(b.getKey())));
        }
        out.append('{');
        boolean first = true;
        for (var entry : entries) {
            out.append(first ? "" : style.item);
            first = false;
            line(style, level + 1, out);
            quote(name(entry.getKey()), style, out);
            out.append(style.key);
            write(entry.getValue(), style, level + 1, out);
        }
        line(style, level, out);
        out.append('}');
    }

    private static String name(Value key) {
        return switch (key) {
            case None _ -> "null";
            case Bool bool -> String.valueOf(bool.value());
            default -> PythonText.of(key);
        };
    }

    private static void line(Style style, int level, StringBuilder out) {
        if (style.indent >= 0) {
            out.append('\n').repeat(' ', style.indent * level);
        }
    }

    private static void quote(String text, Style style, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (style.escaped && c > 0x7e)) {
                        String hex = Integer.toHexString(c);
                        out.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** The value of a JSON text; texts in it are plain. Malformed text is a {@link ProblemException}. */
    public static Value parse(String text) {
        try {
            return value(READER.readTree(text), text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new ProblemException(bramble.problem.Source.NONE, "Tried to read JSON, but " + e.getOriginalMessage()
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        }
    }

    /** The value of a JSON text, or nothing where it is none. */
    public static Optional<Value> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (ProblemException _) {
            return Optional.empty();
        }
    }

    private static Value value(JsonNode node, String text) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var entries = new LinkedHashMap<Value, Value>();
                node.properties()
                        .forEach(entry -> entries.put(new Text(entry.getKey()), value(entry.getValue(), text)));
                yield new MapValue(entries);
            }
            case ARRAY -> {
                var items = new ArrayList<Value>(node.size());
                node.forEach(item -> items.add(value(item, text)));
                yield new ListValue(items);
            }
            case STRING -> new Text(node.textValue());
            case BOOLEAN -> Bool.of(node.booleanValue());
            case NUMBER -> node.isIntegralNumber() ? new Int(node.bigIntegerValue()) : new Real(node.doubleValue());
            case NULL -> None.NONE;
            case MISSING, BINARY, POJO ->
                throw new ProblemException(bramble.problem.Source.NONE,
                        "Tried to read JSON, but there is nothing in it.");
        };
    }
}
