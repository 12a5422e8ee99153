package bramble.run;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;

/** Values as Python's pprint prints them: on one line if it fits, else an entry a line. */
final class PrettyRepr {
    private static final int WIDTH = 80;

    private PrettyRepr() {}

    static String of(Value value) {
        return of(value, 0, 0);
    }

    /** @param after how many columns are taken behind it */
    private static String of(Value value, int indent, int after) {
        String line = PythonText.repr(value);
        if (line.length() <= WIDTH - indent - after) {
            return value instanceof MapValue map ? map(map, indent, after, ", ") : line;
        }
        String fresh = ",\n" + " ".repeat(indent + 1);
        return switch (value) {
            case MapValue map -> map(map, indent, after, fresh);
            case ListValue list -> {
                var parts = new ArrayList<String>();
                list.items().forEach(item -> parts.add(of(item, indent + 1, 1)));
                yield "[" + String.join(fresh, parts) + "]";
            }
            default -> line;
        };
    }

    private static String map(MapValue map, int indent, int after, String between) {
        var parts = new ArrayList<String>();
        map.entries().entrySet().stream().sorted(Comparator.comparing(entry -> PythonText.of(entry.getKey())))
                .forEach((Map.Entry<Value, Value> entry) -> {
                    String key = PythonText.repr(entry.getKey()) + ": ";
                    parts.add(key + of(entry.getValue(), indent + 1 + key.length(), after + 1));
                });
        return "{" + String.join(between, parts) + "}";
    }
}
