package bramble.shell;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What to do while pieces run.
 *
 * @param timeout how long each piece may take; then it is ended, with all processes it started, and its answer has the
 *                status {@link Answer#TIMED_OUT}. With a limit the pieces go one by one, a round trip each.
 * @param output  is given what the pieces print, as it comes, both streams; by the thread that asks
 * @param sent    hears how much of what the pieces read is sent
 * @param came    hears how many bytes of answers came
 */
public record Watch(Optional<Duration> timeout, Consumer<String> output, Progress sent, LongConsumer came) {
    /** No limit, nobody looks. */
    public static final Watch NONE = new Watch(Optional.empty(), _ -> {}, Progress.NONE, _ -> {});

    public static Watch limit(Duration timeout) {
        return new Watch(Optional.of(timeout), NONE.output, NONE.sent, NONE.came);
    }

    public static Watch live(Consumer<String> output) {
        return new Watch(Optional.empty(), output, NONE.sent, NONE.came);
    }

    public static Watch carrying(Progress sent, LongConsumer came) {
        return new Watch(Optional.empty(), NONE.output, sent, came);
    }
}
