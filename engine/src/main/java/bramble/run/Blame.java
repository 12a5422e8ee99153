package bramble.run;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds out which of a task's arguments something wrong is in: those without which it isn't found. So no module has to say.
 *
 * @param wrong whether it is found with these arguments; empty where the module can't do without what was left out
 */
record Blame(Function<MapValue, Optional<Boolean>> wrong) {
    /** A part of an argument; {@code without} is what is left when it is left out, {@code with} when it is something else. */
    private record Part(Value written, Value given, Value without, Function<Value, Value> with) {}

    /**
     * The innermost parts that are to blame, as they are written.
     *
     * @param given what the arguments are once their templates are evaluated
     */
    List<Value> parts(MapValue written, MapValue given) {
        return parts(written, given, all -> (MapValue) all);
    }

    /** What stands under that name, however deep. */
    static List<Value> named(Value written, String name) {
        return switch (written) {
            case MapValue map -> map.byName().entrySet().stream().flatMap(entry -> entry.getKey().equals(name)
                    ? Stream.of(entry.getValue())
                    : named(entry.getValue(), name).stream()).toList();
            case ListValue list -> list.items().stream().flatMap(item -> named(item, name).stream()).toList();
            case Value _ -> List.of();
        };
    }

    private List<Value> parts(Value written, Value given, Function<Value, MapValue> whole) {
        List<Part> guilty = new ArrayList<>();
        List<Part> needed = new ArrayList<>();
        for (Part part : of(written, given)) {
            Optional<Boolean> still = wrong.apply(whole.apply(part.without()));
            (still.isEmpty() ? needed : guilty).addAll(still.orElse(false) ? List.of() : List.of(part));
        }
        List<Part> blamed = guilty.isEmpty() ? needed : guilty;
        return blamed.isEmpty()
                ? List.of(written)
                : blamed.stream().flatMap(part -> parts(part.written(), part.given(),
                        other -> whole.apply(part.with().apply(other))).stream()).toList();
    }

    /** The parts of a map or list that has templates in it. */
    private static List<Part> of(Value written, Value given) {
        if (Givers.templates(written).findAny().isEmpty()) {
            return List.of();
        }
        if (written instanceof MapValue map && given instanceof MapValue values) {
            return map.byName().entrySet().stream().filter(entry -> values.get(entry.getKey()).isPresent())
                    .map(entry -> new Part(entry.getValue(), values.get(entry.getKey()).orElseThrow(),
                            values.without(entry.getKey()), other -> put(values, entry.getKey(), other)))
                    .toList();
        }
        if (written instanceof ListValue list && given instanceof ListValue values
                && list.items().size() == values.items().size()) {
            return IntStream.range(0, list.items().size())
                    .mapToObj(i -> new Part(list.items().get(i), values.items().get(i),
                            replaced(values, i, List.of()), other -> replaced(values, i, List.of(other))))
                    .toList();
        }
        return List.of();
    }

    private static MapValue put(MapValue map, String name, Value value) {
        var entries = new LinkedHashMap<>(map.byName());
        entries.put(name, value);
        return MapValue.named(entries);
    }

    private static ListValue replaced(ListValue list, int at, List<Value> by) {
        var items = new ArrayList<>(list.items());
        items.remove(at);
        items.addAll(at, by);
        return new ListValue(items);
    }
}
