package bramble.cli;

import bramble.image.Amount;
import bramble.image.Cloning;
import bramble.image.UsedBlocks;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shows how far a clone is: a bar at a terminal, elsewhere a line for each quarter. */
final class CloneProgress {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int BAR = 24;

    private final PrintStream err;
    private final boolean terminal;
    private final String what;
    private long told;

    CloneProgress(Session session, String what) {
        this.err = session.err();
        this.terminal = session.onTerminal();
        this.what = what;
    }

    /** Has it made, and shows how it goes. */
    Cloning.Result during(Cloning cloning, UsedBlocks found) throws InterruptedException {
        var over = new CountDownLatch(1);
        long begun = System.nanoTime();
        Thread screen = Thread.ofPlatform().name("progress").daemon().start(() -> {
            try {
                while (!over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    show(cloning.done(), cloning.total(), (System.nanoTime() - begun) / 1e9);
                }
            } catch (InterruptedException _) {
                // nobody looks
            }
        });
        try {
            return cloning.run(found);
        } finally {
            over.countDown();
            screen.join();
            if (terminal) {
                err.print("\r\u001b[K");
                err.flush();
            }
        }
    }

    private void show(long done, long total, double seconds) {
        double part = Math.min(1, (double) done / total);
        if (terminal) {
            int full = (int) (part * BAR);
            err.print("\r" + what + "  [" + "#".repeat(full) + " ".repeat(BAR - full) + "]" + line(done, total, seconds)
                    + "\u001b[K");
        } else if ((long) (part * 4) > told && part < 1) {
            told = (long) (part * 4);
            err.println(what + line(done, total, seconds));
        }
        err.flush();
    }

    private static String line(long done, long total, double seconds) {
        double rate = seconds > 0.5 ? done / seconds : 0;
        return String.format(Locale.ROOT, " %3.0f %%  ", 100.0 * Math.min(done, total) / total) + Amount.of(done)
                + (rate > 0
                        ? ", " + Amount.of(rate) + "/s, " + Amount.time(Math.max(0, total - done) / rate) + " left"
                        : "");
    }
}
