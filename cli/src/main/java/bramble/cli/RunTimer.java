package bramble.cli;

import bramble.event.Event;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Says at the end how long the run took: the callback {@code ansible.posix.timer}. */
final class RunTimer implements Consumer<Event> {
    private final PrintStream out;
    private Optional<Instant> began = Optional.empty();

    RunTimer(PrintStream out) {
        this.out = out;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof Event.RunStarted started) {
            began = Optional.of(started.at());
        } else if (event instanceof Event.RunEnded ended) {
            Duration took = Duration.between(began.orElse(ended.at()), ended.at());
            out.println("Playbook run took " + took.toDays() + " days, " + took.toHoursPart() + " hours, "
                    + took.toMinutesPart() + " minutes, " + took.toSecondsPart() + " seconds");
            out.flush();
        }
    }
}
