package bramble.run;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Reads along what a task's programs print: tells once of each thing that they wait for, and how far they are. */
final class Overheard implements Consumer<String> {
    private static final int LONGEST = 4096; // characters of a line

    private final Function<String, Optional<String>> waits;
    private final Consumer<String> tell;
    private final Function<String, OptionalLong> fetches;
    private final LongConsumer far;
    private final Set<String> told = new HashSet<>();
    private String rest = "";

    Overheard(Function<String, Optional<String>> waits, Consumer<String> tell, Function<String, OptionalLong> fetches,
            LongConsumer far) {
        this.waits = waits;
        this.tell = tell;
        this.fetches = fetches;
        this.far = far;
    }

    @Override
    public void accept(String printed) {
        String text = rest + printed;
        int from = 0;
        for (int end; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
            String line = text.substring(from, end);
            waits.apply(line).filter(told::add).ifPresent(tell);
            fetches.apply(line).ifPresent(far);
        }
        rest = text.length() - from > LONGEST ? "" : text.substring(from);
    }
}
