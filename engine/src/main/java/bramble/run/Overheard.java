package bramble.run;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads along what a task's programs print, and tells once of each thing that they wait for. */
final class Overheard implements Consumer<String> {
    private static final int LONGEST = 4096; // characters of a line

    private final Function<String, Optional<String>> waits;
    private final Consumer<String> tell;
    private final Set<String> told = new HashSet<>();
    private String rest = "";

    Overheard(Function<String, Optional<String>> waits, Consumer<String> tell) {
        this.waits = waits;
        this.tell = tell;
    }

    @Override
    public void accept(String printed) {
        String text = rest + printed;
        int from = 0;
        for (int end; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
            waits.apply(text.substring(from, end)).filter(told::add).ifPresent(tell);
        }
        rest = text.length() - from > LONGEST ? "" : text.substring(from);
    }
}
