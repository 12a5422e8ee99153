package bramble.shell;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to do while pieces run.
 *
 * @param timeout how long each piece may take; then it is ended, with all processes it started, and its answer has the
 *                status {@link Answer#TIMED_OUT}. With a limit the pieces go one by one, a round trip each.
 * @param output  is given what the pieces print, as it comes, both streams; by the thread that asks
 */
public record Watch(Optional<Duration> timeout, Consumer<String> output) {
    /** No limit, nobody looks. */
    public static final Watch NONE = new Watch(Optional.empty(), _ -> {});

    public static Watch limit(Duration timeout) {
        return new Watch(Optional.of(timeout), NONE.output);
    }

    public static Watch live(Consumer<String> output) {
        return new Watch(Optional.empty(), output);
    }
}
