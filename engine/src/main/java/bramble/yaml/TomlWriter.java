package bramble.yaml;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a mapping as TOML, table by table, the outer ones first, as Python's package toml does. Nulls are left out. */
public final class TomlWriter {
    private TomlWriter() {}

    /** A document; what has no form in TOML is a {@link ProblemException}. */
    public static String write(MapValue document) {
        var out = new StringBuilder();
        Map<String, MapValue> tables = new LinkedHashMap<>();
        body("", document, out, tables);
        while (!tables.isEmpty()) {
            Map<String, MapValue> deeper = new LinkedHashMap<>();
            tables.forEach((name, table) -> {
                var body = new StringBuilder();
                Map<String, MapValue> below = new LinkedHashMap<>();
                body(name, table, body, below);
                if (!body.isEmpty() || below.isEmpty()) {
                    if (!out.isEmpty() && !out.toString().endsWith("\n\n")) {
                        out.append('\n');
                    }
                    out.append('[').append(name).append("]\n").append(body);
                }
                deeper.putAll(below);
            });
            tables = deeper;
        }
        return out.toString();
    }

    /** The entries of a table; tables in it are left for later. */
    private static void body(String name, MapValue table, StringBuilder out, Map<String, MapValue> tables) {
        var lists = new StringBuilder();
        table.byName().forEach((key, value) -> {
            String path = name.isEmpty() ? key(key) : name + "." + key(key);
            switch (value) {
                case MapValue map -> tables.put(path, map);
                case ListValue list when !list.items().isEmpty()
                        && list.items().stream().allMatch(MapValue.class::isInstance) ->
                    list.items().forEach(item -> {
                        lists.append("[[").append(path).append("]]\n");
                        body(path, (MapValue) item, lists, new LinkedHashMap<>());
                        lists.append('\n');
                    });
                case None _ -> {
                    // TOML has none
                }
                case Value other -> out.append(key(key)).append(" = ").append(scalar(other)).append('\n');
            }
        });
        out.append(lists);
    }

    private static String key(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : quoted(name);
    }

    private static String scalar(Value value) {
        return switch (value) {
            case Bool bool -> bool.value() ? "true" : "false";
            case Int(var number) -> number.toString();
            case Real(double number) -> PythonText.real(number);
            case Text(String text) -> quoted(text);
            case ListValue list -> items(list.items());
            case MapValue map -> map.byName().entrySet().stream()
                    .map(entry -> key(entry.getKey()) + " = " + scalar(entry.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
            case Value other -> throw new ProblemException(Source.NONE,
                    "The source inventory contains a value that cannot be represented in TOML: "
                            + PythonText.repr(other));
        };
    }

    private static String items(List<Value> items) {
        return "[" + items.stream().map(item -> " " + scalar(item) + ",").collect(Collectors.joining()) + "]";
    }

    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
