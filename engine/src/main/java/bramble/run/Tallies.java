package bramble.run;

import bramble.event.Event;
import bramble.event.Tally;
import bramble.value.MapValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Counts results, for the recap and the exit code. Filled by the thread that delivers events. */
final class Tallies implements Consumer<Event> {
    private final Map<String, Tally> tallies = new ConcurrentSkipListMap<>();
    private final AtomicReference<MapValue> statistics = new AtomicReference<>(MapValue.EMPTY);

    @Override
    public void accept(Event event) {
        if (event instanceof Event.TaskEnded ended) {
            tallies.merge(ended.result().host(), Tally.ZERO.plus(ended.result()), (old, _) -> old.plus(ended.result()));
        } else if (event instanceof Event.Included included) {
            tallies.merge(included.host(), Tally.ZERO.plusOk(), (old, _) -> old.plusOk());
        }
    }

    /** set_stats'. */
    void add(MapValue more) {
        statistics.updateAndGet(old -> old.with(more));
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
