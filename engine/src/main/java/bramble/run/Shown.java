package bramble.run;

import bramble.event.HostResult;
import bramble.playbook.Keyword;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How results are shown to listeners: masked, and with nothing in them where {@code no_log} says so. */
record Shown(HostTask one) {
    /** How often it was tried tells nothing of what was said. */
    private static final String ATTEMPTS = "attempts";

    /**
     * A result as listeners get it.
     *
     * @param label how the item is shown, for one item of a loop
     */
    HostResult of(TaskEnd end, Optional<String> label, Instant started, Duration took, boolean ignored,
            boolean rescued) {
        boolean secret = end.result().get(PythonTask.SECRET).map(Value.of(true)::equals).orElse(false);
        if (one.info().secret() || secret) {
            MapValue censored = MapValue.of("censored",
                    "the output has been hidden due to the fact that 'no_log: true' was specified for this result",
                    "changed", end.result().get("changed").filter(Bool.class::isInstance)
                            .orElse(Value.of(end.changed())));
            MapValue shown = end.result().get(ATTEMPTS).map(tries -> censored.with(ATTEMPTS, tries)).orElse(censored);
            return new HostResult(one.host(), end.delegate(), address(end), end.outcome(), shown, List.of(), label,
                    ignored,
                    rescued, started, took);
        }
        var secrets = one.world().secrets;
        return new HostResult(one.host(), end.delegate(), address(end), end.outcome(),
                Masked.result(asked(end.result()), secrets),
                Masked.changes(end.changes(), secrets), label, ignored, rescued, started, took);
    }

    private Optional<String> address(TaskEnd end) {
        return end.delegate().flatMap(name -> {
            HostScope delegate = one.world().delegate(name, one.scope());
            return TaskPlace.text(one.world(), delegate, "ansible_host").filter(address -> !address.equals(name));
        });
    }

    /** Without the diff that some modules return always, unless diffs were asked for. */
    private MapValue asked(MapValue result) {
        boolean wanted = result.get("diff").isEmpty()
                || one.keywords(one.scope()).flag(Keyword.DIFF).orElse(one.world().options.diff());
        return wanted ? result : result.without("diff");
    }
}
