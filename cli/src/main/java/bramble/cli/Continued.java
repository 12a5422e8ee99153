package bramble.cli;

import bramble.event.TaskInfo;
import bramble.record.History;
import bramble.run.Resumption;
import bramble.value.MapValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A recorded run to be continued: each host goes on at its own task. */
final class Continued implements Resumption {
    private static final Set<String> THROUGH = Set.of("OK", "CHANGED", "SKIPPED");

    private final Map<String, History.Entry> done = new HashMap<>();

    /** @param entries in the order in which they were made; of one task on one host, the last counts */
    Continued(List<History.Entry> entries) {
        for (History.Entry entry : entries) {
            String place = entry.position() + " " + entry.host();
            if (entry.item().isEmpty()) {
                if (THROUGH.contains(entry.outcome()) || entry.ignored()) {
                    done.put(place, entry);
                } else {
                    done.remove(place);
                }
            }
        }
    }

    @Override
    public Optional<MapValue> done(TaskInfo task, String host) {
        return Optional.ofNullable(done.get(task.position() + " " + host))
                .filter(entry -> entry.task().equals(task.name()) && entry.module().equals(task.module()))
                .map(History.Entry::result);
    }
}
