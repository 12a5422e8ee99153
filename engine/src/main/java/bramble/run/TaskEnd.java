package bramble.run;

import bramble.event.Outcome;
import bramble.module.Change;
import bramble.module.Result.Consequence;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;

/**
 * How a task, or one item of its loop, ended on a host.
 *
 * @param unknown why what it returns can't be known, in a dry run
 * @param delegate the host that it was delegated to
 */
record TaskEnd(Outcome outcome, MapValue result, Optional<String> unknown, List<Change> changes,
        List<Consequence> consequences, Optional<String> delegate) {

    TaskEnd {
        changes = List.copyOf(changes);
        consequences = List.copyOf(consequences);
    }

    TaskEnd(Outcome outcome, MapValue result) {
        this(outcome, result, Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    static TaskEnd failed(String why) {
        return new TaskEnd(Outcome.FAILED, MapValue.of("changed", false, "failed", true, "msg", why));
    }

    static TaskEnd unreachable(String why) {
        return new TaskEnd(Outcome.UNREACHABLE,
                MapValue.of("changed", false, "unreachable", true, "msg", why));
    }

    static TaskEnd skipped(String why) {
        return new TaskEnd(Outcome.SKIPPED,
                MapValue.of("changed", false, "skipped", true, "skip_reason", why));
    }

    /** @param condition the one that doesn't hold, as it was written */
    static TaskEnd skipped(Value condition) {
        TaskEnd end = skipped("Conditional result was False");
        return end.with(end.outcome, end.result.with("false_condition", condition));
    }

    static TaskEnd undetermined(String why) {
        return new TaskEnd(Outcome.UNDETERMINED, MapValue.of("changed", false, "skipped", true, "msg", why),
                Optional.of(why), List.of(), List.of(), Optional.empty());
    }

    /** What {@code register} keeps: how a module was called is shown, and not kept. */
    Value registered() {
        return unknown.<Value>map(Unknown::new)
                .orElseGet(() -> (result.get("failed").isPresent() ? result : result.with("failed", false))
                        .without("invocation"));
    }

    boolean changed() {
        return outcome == Outcome.CHANGED || outcome == Outcome.WOULD_CHANGE;
    }

    TaskEnd with(Outcome other, MapValue results) {
        return new TaskEnd(other, results, unknown, changes, consequences, delegate);
    }

    TaskEnd by(Optional<String> host) {
        return new TaskEnd(outcome, result, unknown, changes, consequences, host);
    }
}
