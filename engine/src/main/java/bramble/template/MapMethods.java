package bramble.template;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of mappings. Those that change a mapping do so only in a thawed one. */
final class MapMethods {
    private MapMethods() {}

    static Optional<Value> of(MapValue map, String name) {
        Map<Value, Value> entries = map.entries();
        return switch (name) {
            case "items" -> Methods.bound(_ -> items(map));
            case "keys" -> Methods.bound(_ -> new ListValue(List.copyOf(entries.keySet())));
            case "values" -> Methods.bound(_ -> new ListValue(List.copyOf(entries.values())));
            case "get" -> Methods.bound(
                    a -> Python.lookUp(map, a.value(0, "key")).orElseGet(() -> a.value(1, "default", None.NONE)));
            case "copy" -> Methods.bound(_ -> map.thawed() ? MapValue.thawed(entries) : map);
            case "update" -> Methods.bound(a -> {
                changed(map).putAll(pairs(a));
                return None.NONE;
            });
            case "setdefault" -> Methods.bound(a -> {
                Value key = a.value(0, "key");
                Optional<Value> there = Python.lookUp(map, key);
                if (there.isEmpty()) {
                    changed(map).put(key, a.value(1, "default", None.NONE));
                }
                return there.orElseGet(() -> a.value(1, "default", None.NONE));
            });
            case "pop" -> Methods.bound(a -> {
                Value key = a.value(0, "key");
                Optional<Value> there = Python.lookUp(map, key);
                if (there.isPresent()) {
                    changed(map).remove(key);
                    return there.get();
                }
                return a.optional(1, "default").orElseThrow(() -> new TemplateException("key " + PythonText.repr(key)
                        + " is not in the dict"));
            });
            case "popitem" -> Methods.bound(_ -> {
                if (entries.isEmpty()) {
                    throw new TemplateException("popitem(): dictionary is empty");
                }
                var last = new ArrayList<>(entries.keySet()).getLast();
                return TupleValue.of(last, java.util.Objects.requireNonNull(changed(map).remove(last)));
            });
            case "clear" -> Methods.bound(_ -> {
                changed(map).clear();
                return None.NONE;
            });
            case "fromkeys" -> Methods.bound(a -> {
                var made = new LinkedHashMap<Value, Value>();
                Python.items(a.value(0, "iterable")).forEach(key -> made.put(key, a.value(1, "value", None.NONE)));
                return new MapValue(made);
            });
            default -> Optional.empty();
        };
    }

    static ListValue items(MapValue map) {
        var items = new ArrayList<Value>(map.entries().size());
        map.entries().forEach((key, value) -> items.add(TupleValue.of(key, value)));
        return new ListValue(items);
    }

    private static Map<Value, Value> changed(MapValue map) {
        if (!map.thawed()) {
            throw new TemplateException("this dict can't be changed in place");
        }
        return map.entries();
    }

    /** The entries that the arguments of dict() or update() name: a mapping or pairs, and named ones. */
    static Map<Value, Value> pairs(Arguments arguments) {
        var entries = new LinkedHashMap<Value, Value>();
        if (!arguments.positional().isEmpty()) {
            Value first = arguments.positional().getFirst();
            if (first instanceof MapValue map) {
                entries.putAll(map.entries());
            } else {
                for (Value pair : Python.items(first)) {
                    List<Value> both = Python.items(pair);
                    if (both.size() != 2) {
                        throw new TemplateException("dictionary update sequence element has length " + both.size()
                                + "; 2 is required");
                    }
                    entries.put(both.get(0), both.get(1));
                }
            }
        }
        arguments.named().forEach((name, value) -> entries.put(new Text(name), value));
        return entries;
    }
}
