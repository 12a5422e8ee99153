package bramble.value;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values as Python's pprint prints them: on one line if it fits, else an entry a line; the keys of mappings in order. */
public final class PrettyRepr {
    private static final int WIDTH = 80;

    private PrettyRepr() {}

    public static String of(Value value) {
        return of(value, 0, 0);
    }

    /** @param after how many columns are taken behind it */
    private static String of(Value value, int indent, int after) {
        String line = line(value);
        if (line.length() <= WIDTH - indent - after) {
            return line;
        }
        return switch (value) {
            case MapValue map -> {
                var parts = new ArrayList<String>();
                for (var i = sorted(map).iterator(); i.hasNext();) {
                    var entry = i.next();
                    String key = PythonText.repr(entry.getKey()) + ": ";
                    parts.add(key + of(entry.getValue(), indent + 1 + key.length(), i.hasNext() ? 1 : after + 1));
                }
                yield "{" + joined(parts, indent) + "}";
            }
            case ListValue list -> "[" + joined(items(list.items(), indent, after), indent) + "]";
            case TupleValue(List<Value> items) ->
                "(" + joined(items(items, indent, after), indent) + (items.size() == 1 ? ",)" : ")");
            default -> line;
        };
    }

    private static List<String> items(List<Value> items, int indent, int after) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < items.size(); i++) {
            parts.add(of(items.get(i), indent + 1, i < items.size() - 1 ? 1 : after + 1));
        }
        return parts;
    }

    private static String joined(List<String> parts, int indent) {
        return String.join(",\n" + " ".repeat(indent + 1), parts);
    }

    private static String line(Value value) {
        return switch (value) {
            case MapValue map -> sorted(map).stream()
                    .map(entry -> PythonText.repr(entry.getKey()) + ": " + line(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            case ListValue list ->
                list.items().stream().map(PrettyRepr::line).collect(Collectors.joining(", ", "[", "]"));
            case TupleValue(List<Value> items) -> items.stream().map(PrettyRepr::line)
                    .collect(Collectors.joining(", ", "(", items.size() == 1 ? ",)" : ")"));
            default -> PythonText.repr(value);
        };
    }

    private static List<Map.Entry<Value, Value>> sorted(MapValue map) {
        return map.entries().entrySet().stream().sorted(Comparator.comparing(entry -> PythonText.of(entry.getKey())))
                .toList();
    }
}
