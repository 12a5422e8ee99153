package bramble.run;

import bramble.event.Event;
import bramble.event.Tally;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Counts results, for the recap and the exit code. Filled by the thread that delivers events. */
final class Tallies implements Consumer<Event> {
    private final Map<String, Tally> tallies = new ConcurrentSkipListMap<>();
    private final Map<String, Tally> before = new HashMap<>();
    private final AtomicReference<MapValue> statistics = new AtomicReference<>(MapValue.EMPTY);

    @Override
    public void accept(Event event) {
        if (event instanceof Event.TaskEnded ended) {
            before.put(ended.result().host(), tallies.getOrDefault(ended.result().host(), Tally.ZERO));
            tallies.merge(ended.result().host(), Tally.ZERO.plus(ended.result()), (old, _) -> old.plus(ended.result()));
        } else if (event instanceof Event.TakenBack(var _, var _, String host)) {
            tallies.put(host, before.getOrDefault(host, Tally.ZERO));
        } else if (event instanceof Event.Included included) {
            tallies.merge(included.host(), Tally.ZERO.plusOk(), (old, _) -> old.plusOk());
        }
    }

    /** set_stats'. */
    void add(String whose, MapValue more, boolean aggregate) {
        statistics.updateAndGet(old -> {
            MapValue own = old.get(whose).orElse(MapValue.EMPTY) instanceof MapValue map ? map : MapValue.EMPTY;
            for (Map.Entry<String, Value> entry : more.byName().entrySet()) {
                own = own.with(entry.getKey(), own.get(entry.getKey()).filter(_ -> aggregate)
                        .map(before -> together(before, entry.getValue())).orElse(entry.getValue()));
            }
            return old.with(whose, own);
        });
    }

    /** Mappings are laid over each other, numbers added, lists and texts put one after another; others don't go together. */
    private static Value together(Value before, Value more) {
        return switch (before) {
            case MapValue map when more instanceof MapValue over -> Merging.MERGE.over(over, map);
            case Int(BigInteger a) when more instanceof Int(BigInteger b) -> new Int(a.add(b));
            case Real(double a) when more instanceof Real(double b) -> new Real(a + b);
            case Text(String a) when more instanceof Text(String b) -> new Text(a + b);
            case ListValue list when more instanceof ListValue others ->
                new ListValue(Stream.concat(list.items().stream(), others.items().stream()).toList());
            default -> before;
        };
    }

    MapValue statistics() {
        return statistics.get();
    }

    Map<String, Tally> byHost() {
        return new TreeMap<>(tallies);
    }

    /** Whether a dry run found something to do, or couldn't tell. */
    boolean pending() {
        return tallies.values().stream().anyMatch(tally -> tally.changed() > 0 || tally.undetermined() > 0);
    }
}
