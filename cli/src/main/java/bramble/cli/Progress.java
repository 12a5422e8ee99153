package bramble.cli;

import bramble.image.Amount;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How far something long is, shown now and then while it runs. */
final class Progress {
    /** How long what is shown stays. */
    static final Duration PAUSE = Duration.ofMillis(200);

    private static final int LEAST = 4;

    private Progress() {}

    /**
     * When it was first looked at.
     *
     * @param nanos by the system's clock
     * @param done how far it was by then: what was there from the last time took none
     */
    record Begin(long nanos, long done) {
        static Begin at(long done) {
            return new Begin(System.nanoTime(), done);
        }

        /** Bytes in a second since then; 0 before that can be told. */
        double rate(long now) {
            double seconds = (System.nanoTime() - nanos) / 1e9;
            return seconds > 0.5 ? (now - done) / seconds : 0;
        }
    }

    /** What takes long. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws InterruptedException;
    }

    /** Does it, and shows meanwhile how it goes. */
    static <T> T during(Work<T> work, Runnable show) throws InterruptedException {
        var over = new CountDownLatch(1);
        Thread view = Thread.ofPlatform().name("progress").daemon().start(() -> {
            try {
                while (!over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    show.run();
                }
            } catch (InterruptedException _) {
                // nobody looks
            }
        });
        try {
            return work.run();
        } finally {
            over.countDown();
            view.join();
        }
    }

    /**
     * A line for a terminal, which fits its columns, for else the terminal would make two of it.
     *
     * @param far what {@link #far} says; if that is nothing, there is no bar either
     * @param widest how long the bar is where there is room
     */
    static String line(String name, long done, long total, String far, int widest, int columns) {
        int bar = Math.min(widest, columns - name.length() - far.length() - 4);
        int full = total > 0 ? (int) (Math.min(1, (double) done / total) * bar) : 0;
        String line = name
                + (bar < LEAST || far.isEmpty() ? "" : "  [" + "#".repeat(full) + " ".repeat(bar - full) + "]") + far;
        return line.substring(0, Math.clamp(columns, 0, line.length()));
    }

    /**
     * How far it is, at what rate, and how long it will take.
     *
     * @param total 0 where nobody knows
     * @param rate bytes in a second; 0 as long as nobody knows
     */
    static String far(long done, long total, double rate) {
        double part = total > 0 ? Math.min(1, (double) done / total) : 0;
        return (total > 0 ? String.format(Locale.ROOT, " %3.0f %%", part * 100) : "") + "  " + Amount.of(done)
                + (rate > 0
                        ? ", " + Amount.of(rate) + "/s" + (total > 0
                                ? ", " + Amount.time(Math.max(0, total - done) / rate) + " left"
                                : "")
                        : "");
    }
}
