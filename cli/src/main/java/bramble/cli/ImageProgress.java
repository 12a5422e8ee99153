package bramble.cli;

import bramble.image.Amount;
import bramble.image.Unpacking;
import bramble.image.Writing;
import bramble.image.Writing.Phase;
import bramble.image.Writing.State;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shows how far cards are: a bar for each at a terminal, elsewhere a line for each quarter. */
final class ImageProgress {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int BAR = 24;

    private final PrintStream err;
    private final boolean terminal;
    private final Map<String, Long> begun = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();
    private int drawn;
    private long looked;

    ImageProgress(Session session) {
        this.err = session.err();
        this.terminal = session.onTerminal();
    }

    /** While an image's checksum is counted, before anything is written. */
    void checking(long done) {
        if (terminal && System.nanoTime() - looked > PAUSE.toNanos()) {
            looked = System.nanoTime();
            err.print("\rchecksum: " + Amount.of(done) + "\u001b[K");
            err.flush();
        }
    }

    void checked() {
        if (terminal) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    /** Has it written, and shows how it goes. */
    Writing.Results during(Writing writing, Unpacking image) throws InterruptedException {
        var over = new CountDownLatch(1);
        Thread screen = Thread.ofPlatform().name("progress").daemon().start(() -> {
            try {
                while (!over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    show(writing.states(), image.expected());
                }
            } catch (InterruptedException _) {
                // nobody looks
            }
        });
        try {
            return writing.run();
        } finally {
            over.countDown();
            screen.join();
            wipe();
        }
    }

    private void show(List<State> states, long total) {
        wipe();
        for (State state : states) {
            if (terminal) {
                err.println(line(state, total) + "\u001b[K");
                drawn++;
            } else {
                tell(state, total);
            }
        }
        err.flush();
    }

    private void wipe() {
        if (drawn > 0) {
            err.print("\u001b[" + drawn + "A\u001b[J");
            drawn = 0;
        }
    }

    private void tell(State state, long total) {
        long quarter = total <= 0 ? 0 : Math.min(3, 4 * state.done() / total);
        if (quarter > told.getOrDefault(key(state), 0L)) {
            told.put(key(state), quarter);
            err.println(line(state, total));
        }
    }

    private static String key(State state) {
        return state.device() + " " + state.phase();
    }

    private String line(State state, long total) {
        String what = state.device() + "  " + state.phase().name().toLowerCase(Locale.ROOT);
        if (state.phase() == Phase.DONE || state.phase() == Phase.FAILED) {
            return what;
        }
        double seconds = (System.nanoTime() - begun.computeIfAbsent(key(state), _ -> System.nanoTime())) / 1e9;
        double rate = seconds > 0.5 ? state.done() / seconds : 0;
        double part = total > 0 ? Math.min(1, (double) state.done() / total) : 0;
        int full = (int) (part * BAR);
        return what + (terminal ? "  [" + "#".repeat(full) + " ".repeat(BAR - full) + "]" : "") + (total > 0
                ? String.format(Locale.ROOT, " %3.0f %%", part * 100)
                : "") + "  " + Amount.of(state.done())
                + (rate > 0
                        ? ", " + Amount.of(rate) + "/s" + (total > 0
                                ? ", " + Amount.time((total - state.done()) / rate) + " left"
                                : "")
                        : "");
    }
}
