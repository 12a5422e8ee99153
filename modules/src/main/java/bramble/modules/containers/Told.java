package bramble.modules.containers;

import bramble.module.Applied;
import bramble.module.Maybe;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.Optional;
import java.util.function.Function;

/** How a task ended that keeps one thing that can be inspected. */
final class Told {
    private Told() {}

    /**
     * The ending.
     *
     * @param key the result that tells of the thing
     * @param thing what was found of it
     */
    static <S> Verdict of(String tried, String key, Applied<S> applied, Function<S, Optional<MapValue>> thing) {
        Value told = applied.predicted() && !applied.changes().isEmpty()
                ? new Unknown("it would be changed first")
                : applied.after() instanceof Maybe.Known<S>(S state)
                        ? thing.apply(state).<Value>map(is -> is).orElse(None.NONE)
                        : new Unknown("it would be changed first");
        MapValue results = told instanceof None ? MapValue.EMPTY : MapValue.of(key, told);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed
                .map(answer -> Verdict.failed("Tried to " + tried + ", but it failed: "
                        + (answer.errors().isBlank() ? answer.text() : answer.errors()).strip(), results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
