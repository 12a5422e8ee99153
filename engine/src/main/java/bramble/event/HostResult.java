package bramble.event;

import bramble.module.Change;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a task, or one item of its loop, ended on a host. Secrets are masked in it.
 *
 * @param delegate the host that the task was delegated to
 * @param address where that host is, if it is not its name
 * @param result what {@code register} would hold
 * @param changes what was done, or would be, with the diffs; empty where {@code no_log} hides it
 * @param item how an item is shown, for one item of a loop
 * @param ignored whether it failed and {@code ignore_errors} lets the host go on
 * @param rescued whether it failed inside a block that takes failures up
 */
public record HostResult(String host, Optional<String> delegate, Optional<String> address, Outcome outcome,
        MapValue result, List<Change> changes, Optional<String> item, boolean ignored, boolean rescued, Instant started,
        Duration took) {
    /** How a text begins that stands for a value that a dry run can't know; the reason follows. */
    public static final String UNKNOWN = "(unknown: ";
    /** How the place begins at which a text in a record is not whole; what is left out follows. */
    public static final String LEFT_OUT = "[... left out of the record: ";

    public HostResult {
        changes = List.copyOf(changes);
    }

    /** Whether it is a dry run's word on something that Ansible would not predict, and call skipped. */
    public boolean skippedByAnsible() {
        boolean predicted = outcome == Outcome.WOULD_CHANGE || outcome == Outcome.UNDETERMINED || outcome == Outcome.OK;
        return predicted && ((loop() && result.get("results").orElse(result) instanceof ListValue items)
                ? items.items().stream().allMatch(HostResult::notDone)
                : notDone(result));
    }

    /** Whether it sums up a loop, with its items' results. */
    public boolean loop() {
        return loop(result);
    }

    /** The same of a result alone. What a module calls results is its own: dnf tells so of packages. */
    public static boolean loop(MapValue result) {
        return result.get("results").orElse(result) instanceof ListValue && result.get("skipped").isPresent();
    }

    private static boolean notDone(Value result) {
        return (result instanceof Text(String text) && text.startsWith(UNKNOWN))
                || (result instanceof MapValue map && map.get("skipped").map(Value.of(true)::equals).orElse(false));
    }
}
