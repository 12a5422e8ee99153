package bramble.cli;

import bramble.event.Event;
import bramble.event.HostResult;
import bramble.event.TaskInfo;
import java.io.PrintStream;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Prints results, without headings and recap.
 *
 * @param print prints one of them
 */
record BareConsole(PrintStream out, Notices notices, ResultLines lines, BiConsumer<TaskInfo, HostResult> print)
        implements
            Consumer<Event> {
    @Override
    public void accept(Event event) {
        notices.accept(event);
        if (event instanceof Event.TaskEnded ended && !ended.task().module().equals("meta")) {
            print.accept(ended.task(), ended.result());
        } else if (event instanceof Event.Reaching reaching && lines.verbosity() > 2) {
            out.println(lines.colours().blue("<" + reaching.host() + "> " + reaching.what()));
        }
        out.flush();
    }
}
