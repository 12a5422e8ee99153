package bramble.record;

import bramble.event.HostResult;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What is kept of a result: each text once, and of a long one the head and the tail. Lines of a text that stands beside them
 * are left out, and made again when the record is read; so are the results of a loop's items, which have rows of their own.
 */
final class Kept {
    /** The list of a loop's results. */
    static final String ITEMS = "results";
    /** How long a text may be, in characters. */
    static final int LONGEST = 1024 * 1024;
    private static final List<String> STREAMS = List.of("stdout", "stderr");
    private static final String LINES = "_lines";

    private Kept() {}

    static Value shortened(Value value) {
        return switch (value) {
            case Text(String text) when text.length() > LONGEST -> new Text(cut(text));
            case ListValue list -> new ListValue(list.items().stream().map(Kept::shortened).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> {
                    if (!(key instanceof Text(String name)) || !again(map, name, one)) {
                        entries.put(key, shortened(one));
                    }
                });
                yield new MapValue(entries);
            }
            default -> value;
        };
    }

    /** Whether it is made of the text beside it. */
    private static boolean again(MapValue map, String name, Value value) {
        return STREAMS.stream().anyMatch(stream -> name.equals(stream + LINES)
                && map.get(stream).orElse(null) instanceof Text(String text) && lines(text).equals(value));
    }

    private static Value lines(String text) {
        return Value.texts(text.lines().toList());
    }

    private static String cut(String text) {
        int head = LONGEST / 2;
        int tail = text.length() - LONGEST / 2;
        if (Character.isLowSurrogate(text.charAt(head))) {
            head--;
        }
        if (Character.isLowSurrogate(text.charAt(tail))) {
            tail++;
        }
        return text.substring(0, head) + "\n" + HostResult.LEFT_OUT + (tail - head) + " characters ...]\n"
                + text.substring(tail);
    }

    /** A result as it was, with the lines that were left out. */
    static Value whole(Value kept) {
        return switch (kept) {
            case ListValue list -> new ListValue(list.items().stream().map(Kept::whole).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> {
                    entries.put(key, whole(one));
                    if (key instanceof Text(String name) && one instanceof Text(String text) && STREAMS.contains(name)
                            && map.get(name + LINES).isEmpty()) {
                        entries.put(new Text(name + LINES), lines(text));
                    }
                });
                yield new MapValue(entries);
            }
            default -> kept;
        };
    }
}
