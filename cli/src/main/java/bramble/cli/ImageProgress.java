package bramble.cli;

import bramble.image.Amount;
import bramble.image.Unpacking;
import bramble.image.Writing;
import bramble.image.Writing.Phase;
import bramble.image.Writing.State;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Shows how far cards are: a bar for each at a terminal, elsewhere a line for each quarter. */
final class ImageProgress {
    private static final int BAR = 16;

    private final PrintStream err;
    private final boolean terminal;
    private final Supplier<ScreenSize> screen;
    private final Map<String, Progress.Begin> begun = new HashMap<>();
    private final Map<String, Long> told = new HashMap<>();
    private int drawn;
    private long looked;

    ImageProgress(Session session) {
        this.err = session.err();
        this.terminal = session.onTerminal();
        this.screen = ScreenSize.ofStandardOutput(session.environment());
    }

    /** While an image's checksum is counted, before anything is written. */
    void checking(long done) {
        if (terminal && System.nanoTime() - looked > Progress.PAUSE.toNanos()) {
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
        try {
            return Progress.during(writing::run, () -> show(writing.states(), image.expected()));
        } finally {
            wipe();
        }
    }

    private void show(List<State> states, long total) {
        states.forEach(this::begin);
        if (terminal) {
            draw(states, total);
        } else {
            states.forEach(state -> tell(state, total));
        }
        err.flush();
    }

    /** Over what was drawn before. */
    private void draw(List<State> states, long total) {
        int columns = screen.get().columns() - 1;
        int longest = states.stream().mapToInt(state -> state.device().toString().length()).max().orElse(0);
        var text = new StringBuilder(drawn > 0 ? "\u001b[" + drawn + "A" : "");
        for (State state : states) {
            String name = String.format(Locale.ROOT, "%-" + longest + "s  %-9s", state.device(), phase(state));
            text.append(Progress.line(name, state.done(), total, far(state, total), BAR, columns))
                    .append("\u001b[K\n");
        }
        err.print(text);
        drawn = states.size();
    }

    private void wipe() {
        if (drawn > 0) {
            err.print("\u001b[" + drawn + "A\u001b[J");
            err.flush();
            drawn = 0;
        }
    }

    private void tell(State state, long total) {
        long quarter = total <= 0 ? 0 : Math.min(3, 4 * state.done() / total);
        if (quarter > told.getOrDefault(key(state), 0L)) {
            told.put(key(state), quarter);
            err.println(state.device() + "  " + phase(state) + far(state, total));
        }
    }

    private static String key(State state) {
        return state.device() + " " + state.phase();
    }

    private static String phase(State state) {
        return state.phase().name().toLowerCase(Locale.ROOT);
    }

    /** How far it is, at what rate, and how long it will take; empty where it is over. */
    private String far(State state, long total) {
        if (state.phase() == Phase.DONE || state.phase() == Phase.FAILED) {
            return "";
        }
        return Progress.far(state.done(), total, begin(state).rate(state.done()));
    }

    /** Of the phase that a card is in. */
    private Progress.Begin begin(State state) {
        return begun.computeIfAbsent(key(state), _ -> Progress.Begin.at(state.done()));
    }
}
