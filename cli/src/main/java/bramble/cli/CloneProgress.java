package bramble.cli;

import bramble.image.Cloning;
import bramble.image.UsedBlocks;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Shows how far a clone is: a bar at a terminal, elsewhere a line for each quarter. */
final class CloneProgress {
    private static final int BAR = 24;

    private final PrintStream err;
    private final boolean terminal;
    private final Supplier<ScreenSize> screen;
    private final String what;
    private long told;

    CloneProgress(Session session, String what) {
        this.err = session.err();
        this.terminal = session.onTerminal();
        this.screen = ScreenSize.ofStandardOutput(session.environment());
        this.what = what;
    }

    /** Has it made, and shows how it goes. */
    Cloning.Result during(Cloning cloning, UsedBlocks found) throws InterruptedException {
        Progress.Begin begun = Progress.Begin.at(0);
        try {
            return Progress.during(() -> cloning.run(found),
                    () -> show(cloning.done(), cloning.total(), begun));
        } finally {
            if (terminal) {
                err.print("\r\u001b[K");
                err.flush();
            }
        }
    }

    private void show(long done, long total, Progress.Begin begun) {
        String far = Progress.far(done, total, begun.rate(done));
        if (terminal) {
            err.print("\r" + Progress.line(what, done, total, far, BAR, screen.get().columns() - 1) + "\u001b[K");
        } else if (4 * done / total > told && done < total) {
            told = 4 * done / total;
            err.println(what + far);
        }
        err.flush();
    }
}
