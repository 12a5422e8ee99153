package bramble.brought;

import bramble.problem.Source;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Values on their way to Python and back, in JSON. What JSON has no form for is a mapping of one odd key: keys that are no
 * texts, tuples, and undefined values, which come back as they were.
 */
final class Coded {
    private static final String PAIRS = "__pairs__";
    private static final String TUPLE = "__tuple__";
    private static final String UNDEFINED = "__undefined__";
    private static final Set<Value> ODD = Set.of(new Text(PAIRS), new Text(TUPLE), new Text(UNDEFINED));

    private final List<Undefined> undefined = new ArrayList<>();

    /** As it is sent. */
    Value sent(Value value) {
        return switch (value) {
            case Undefined one -> {
                undefined.add(one);
                yield MapValue.of(UNDEFINED,
                        new ListValue(List.of(Int.of(undefined.size() - 1L), new Text(one.what()))));
            }
            case TupleValue(List<Value> items) -> MapValue.of(TUPLE, new ListValue(sent(items)));
            case ListValue list -> new ListValue(sent(list.items()));
            case MapValue map -> sent(map.entries());
            case Value other -> other;
        };
    }

    private List<Value> sent(List<Value> items) {
        return items.stream().map(this::sent).toList();
    }

    private MapValue sent(Map<Value, Value> entries) {
        boolean named = entries.keySet().stream().allMatch(Text.class::isInstance);
        if (named && !(entries.size() == 1 && ODD.containsAll(entries.keySet()))) {
            var all = new LinkedHashMap<Value, Value>();
            entries.forEach((key, value) -> all.put(key, sent(value)));
            return new MapValue(all);
        }
        var pairs = new ArrayList<Value>();
        entries.forEach((key, value) -> pairs.add(new ListValue(List.of(sent(key), sent(value)))));
        return MapValue.of(PAIRS, new ListValue(pairs));
    }

    /** What came back. */
    Value meant(Value value) {
        return switch (value) {
            case ListValue list -> new ListValue(list.items().stream().map(this::meant).toList());
            case MapValue map when map.entries().size() == 1 && ODD.containsAll(map.entries().keySet()) -> odd(map);
            case MapValue map -> {
                var all = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> all.put(key, meant(one)));
                yield new MapValue(all);
            }
            case Value other -> other;
        };
    }

    private Value odd(MapValue map) {
        var only = map.byName().entrySet().iterator().next();
        List<Value> items = only.getValue() instanceof ListValue list ? list.items() : List.of();
        return switch (only.getKey()) {
            case UNDEFINED -> undefined(items.getFirst())
                    .orElseGet(() -> new Undefined(PythonText.of(items.getLast()), Source.NONE));
            case TUPLE -> new TupleValue(items.stream().map(this::meant).toList());
            default -> {
                var all = new LinkedHashMap<Value, Value>();
                for (Value pair : items) {
                    if (pair instanceof ListValue two) {
                        all.put(meant(two.items().getFirst()), meant(two.items().getLast()));
                    }
                }
                yield new MapValue(all);
            }
        };
    }

    /** The undefined value of a number that Python tells. */
    Optional<Undefined> undefined(Value number) {
        return number instanceof Int(var at) && at.signum() >= 0 && at.intValue() < undefined.size()
                ? Optional.of(undefined.get(at.intValue()))
                : Optional.empty();
    }
}
