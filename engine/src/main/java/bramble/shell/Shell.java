package bramble.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A shell that stays open on a node. One {@link #ask} is one write and one read, however many pieces it carries.
 *
 * <p>What a piece can rely on: it runs in a subshell of its own (unless its script is {@linkplain Sh.Shared shared}), so {@code exit}, {@code set -e}, {@code cd},
 * variables and {@code exec} stay within it, but {@code $$} is the resident shell's. It runs under {@code LC_ALL=C}, with the sbin folders in
 * {@code PATH}; everything else is as the login (or become) left it: home, umask, working directory. Names that begin with
 * {@code b__} are the shell's own. Its standard input is the piece's own {@link Piece#input}, unless it {@linkplain Piece#takes takes} it. What is left running in the background must have
 * its output redirected, or it writes into later answers.
 *
 * <p>A user's command wants the login's own environment, and a shell of its own: {@link #LOGIN} goes in front of it.
 * <pre>{@code Sh.of("{}cd {} && exec /bin/sh -c {}", Shell.LOGIN, folder, command)}</pre>
 *
 * <p>A shell belongs to one thread at a time. It needs no more than BusyBox on the node, see {@link Boot}.
 */
public final class Shell implements AutoCloseable {
    /** Shell syntax that gives the rest of a piece the PATH and the locale of the login. */
    public static final Sh LOGIN = Sh.raw("b_login; ");

    /** How much of each output of a piece is kept, in bytes, unless another limit is given. */
    public static final int KEPT = 64 * 1024 * 1024;

    private static final Duration OPENING = Duration.ofSeconds(60);
    private static final Duration ENDING = Duration.ofSeconds(15);
    private static final Duration REST = Duration.ofMillis(500);
    private static final int AT_ONCE = 16 * 1024; // bytes that fit every pipe and window: nobody has to read meanwhile
    private static final int NEWS = 64; // chunks read ahead

    private final Door door;
    private final int kept;
    private final Remote remote;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>(NEWS);
    private final List<Thread> readers;
    private final Set<Sh.Library> defined = new HashSet<>();
    private long process;
    private boolean exact; // whether the node's head takes no more than it is told
    private int roundTrips;
    private boolean open = true;

    /** What comes from the other side. */
    private sealed interface News {
        record Bytes(boolean error, byte[] bytes) implements News {}

        record End(boolean error) implements News {}

        record NotSent(Frame.ContentException why) implements News {}
    }

    private Shell(Door door, int kept, Remote remote) {
        this.door = door;
        this.kept = kept;
        this.remote = remote;
        this.readers = List.of(reader(remote.out(), false), reader(remote.err(), true));
    }

    /**
     * Shell syntax that sets a variable of the environment for the rest of a piece. {@code PATH} and {@code LC_ALL} stay so
     * after {@link #LOGIN}, and a locale begins only there: what Bramble reads by itself is in C. Till there, the tools of the
     * node are found whatever {@code PATH} is. {@code IFS} no shell takes from its environment.
     */
    public static Sh variable(String name, Sh.Part value) {
        return switch (name) {
            case "LC_ALL" -> Sh.of("b__lc={}\n", value);
            case "PATH" -> Sh.of("b__path={}\nexport PATH=\"$b__path:$PATH\"\n", value);
            case "IFS" -> Sh.raw("");
            default -> Sh.of("export " + name + "={}\n", value);
        };
    }

    /** Shell syntax that ends a process and all below it; the process is named by a shell variable. */
    public static Sh ending(String variable) {
        return Boot.end(variable);
    }

    /** Opens a shell; whatever the door throws comes out. */
    public static Shell open(Door door) {
        return open(door, KEPT);
    }

    /**
     * Opens a shell that keeps less, or more, of what pieces print.
     *
     * @param kept how much of each output of a piece is kept, in bytes
     */
    public static Shell open(Door door, int kept) {
        String mark = token();
        var shell = new Shell(door, kept, door.open(Boot.script(mark)));
        try {
            shell.begin(mark);
            return shell;
        } catch (RuntimeException e) {
            shell.close();
            throw e;
        }
    }

    /** The answers to the pieces, in their order, after one round trip. */
    public List<Answer> ask(List<Piece> pieces) {
        return ask(pieces, Watch.NONE);
    }

    /**
     * The answers to the pieces, in their order, after one round trip.
     *
     * @throws ConnectionLostException if the connection breaks meanwhile, or the thread is interrupted: then what runs is
     *         ended first, and the thread is interrupted again. The shell is of no more use.
     */
    public List<Answer> ask(List<Piece> pieces, Watch watch) {
        if (pieces.isEmpty()) {
            return List.of();
        }
        return watch.timeout().isPresent() && pieces.size() > 1 ? oneByOne(pieces, watch) : inSeries(pieces, watch);
    }

    /** How many times {@link #ask} went to the node. */
    public int roundTrips() {
        return roundTrips;
    }

    /** Whether it can still be asked, as far as this side knows. */
    public boolean isOpen() {
        if (open && news.stream().anyMatch(News.End.class::isInstance)) {
            close();
        }
        return open;
    }

    @Override
    public void close() {
        open = false;
        remote.close();
        readers.forEach(Thread::interrupt);
    }

    @Override
    public String toString() {
        return door.toString();
    }

    private void begin(String mark) {
        var printed = new StringBuilder();
        var errors = new StringBuilder();
        boolean outEnded = false;
        boolean errEnded = false;
        int answers = 0;
        int answered = 0;
        int answeredErrors = 0;
        long deadline = System.nanoTime() + OPENING.toNanos();
        while (process == 0 || errors.indexOf(mark) < 0) {
            switch (next(deadline).orElse(null)) {
                case null -> throw door.refused(errors + (Thread.currentThread().isInterrupted()
                        ? "It was interrupted."
                        : "No shell began within " + OPENING.toSeconds() + " seconds."));
                case News.Bytes(boolean error, byte[] bytes) -> {
                    (error ? errors : printed).append(new String(bytes, StandardCharsets.UTF_8));
                    greeted(printed, mark);
                }
                case News.End(boolean error) -> {
                    outEnded |= !error;
                    errEnded |= error;
                }
                case News.NotSent _ -> throw new AssertionError("nothing was sent yet");
            }
            if (outEnded && errEnded) {
                throw door.refused(errors.toString() + printed);
            }
            if (printed.indexOf(mark) < 0 && errors.indexOf(mark) < 0) {
                String fresh = printed.substring(answered);
                int asked = answers;
                Optional<String> answer = door.answer(errors.substring(answeredErrors), asked)
                        .or(() -> door.answer(fresh, asked));
                if (answer.isPresent()) {
                    answered = printed.length();
                    answeredErrors = errors.length();
                    answers++;
                    send((answer.get() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        send(Boot.loop(mark, !exact));
        if (!exact) {
            awaitLoop(mark, deadline);
        }
    }

    private void greeted(StringBuilder printed, String mark) {
        int at = printed.indexOf(mark + " ");
        int end = at < 0 ? -1 : printed.indexOf("\n", at);
        if (end > 0) {
            String[] words = printed.substring(at, end).strip().split(" ", -1);
            process = Long.parseLong(words[1]);
            exact = words.length > 2;
        }
    }

    /** Nothing may follow the loop before it was taken in. */
    private void awaitLoop(String mark, long deadline) {
        var printed = new StringBuilder();
        while (printed.indexOf(mark + "\n") < 0) {
            switch (next(deadline).orElse(null)) {
                case News.Bytes(boolean _, byte[] bytes) -> printed.append(new String(bytes, StandardCharsets.UTF_8));
                case null, default -> throw door.refused(printed + "The shell ended when it had just begun.");
            }
        }
    }

    private void send(byte[] bytes) {
        try {
            remote.in().write(bytes);
            remote.in().flush();
        } catch (IOException _) {
            return; // the end of the outputs tells it, with what was printed before
        }
    }

    /** With a time limit: each piece is asked on its own, so that the end of one can't hit the next. */
    private List<Answer> oneByOne(List<Piece> pieces, Watch watch) {
        var answers = new ArrayList<Answer>();
        var failed = new HashSet<Integer>();
        for (Piece piece : pieces) {
            if (failed.contains(piece.group())) {
                answers.add(new Answer(Answer.NOT_RUN, new byte[0], new byte[0]));
                continue;
            }
            Answer answer = together(List.of(piece), watch).getFirst();
            answers.add(answer);
            if (!answer.ok() && piece.group() != Piece.FREE) {
                failed.add(piece.group());
            }
        }
        return answers;
    }

    /** Pieces that may share a subshell do so. Those whose answers are missing then are asked once more, each by itself. */
    private List<Answer> inSeries(List<Piece> pieces, Watch watch) {
        List<Series> all = Series.of(pieces);
        String between = token();
        List<Answer> given = together(all.stream().map(series -> series.together(between)).toList(), watch);
        var answers = new ArrayList<Answer>();
        var missing = new LinkedHashMap<Integer, Piece>();
        for (int i = 0; i < all.size(); i++) {
            List<Piece> asked = all.get(i).pieces();
            List<Answer> known = all.get(i).answers(given.get(i), between);
            answers.addAll(known);
            for (Piece piece : asked.subList(known.size(), asked.size())) {
                missing.put(answers.size(), piece);
                answers.add(new Answer(Answer.NOT_RUN, new byte[0], new byte[0]));
            }
        }
        if (!missing.isEmpty()) {
            Iterator<Answer> late = together(List.copyOf(missing.values()), watch).iterator();
            missing.keySet().forEach(at -> answers.set(at, late.next()));
        }
        return answers;
    }

    private List<Answer> together(List<Piece> pieces, Watch watch) {
        if (!open) {
            throw new ConnectionLostException("Tried to run " + titles(pieces) + " as " + door
                    + ", but the connection was lost before. Nothing was run");
        }
        roundTrips++;
        var define = new LinkedHashSet<Sh.Library>();
        pieces.forEach(piece -> define.addAll(piece.script().libraries()));
        define.removeAll(defined);
        defined.addAll(define);
        String mark = token();
        boolean mayEnd = watch.timeout().isPresent(); // of what takes its input nobody would know how much is left
        Frame frame = Frame.of(mark, define, mayEnd ? pieces.stream().map(Piece::fed).toList() : pieces, exact);
        var out = new Catcher(mark, pieces.size() + frame.leading(), kept, watch.output());
        var err = new Catcher(mark, pieces.size() + frame.leading(), kept, watch.output());
        news.removeIf(old -> old instanceof News.Bytes); // from the background of earlier pieces
        boolean timedOut;
        try {
            timedOut = receive(pieces, frame, watch, out, err);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        return answers(out, err, frame.leading(), timedOut);
    }

    private static List<Answer> answers(Catcher out, Catcher err, int from, boolean timedOut) {
        var answers = new ArrayList<Answer>();
        for (int i = from; i < out.parts().size(); i++) {
            Catcher.Part printed = out.parts().get(i);
            Catcher.Part errors = err.parts().get(i);
            answers.add(new Answer(timedOut ? Answer.TIMED_OUT : Integer.parseInt(printed.word()), printed.bytes(),
                    errors.bytes(), printed.cut() || errors.cut()));
        }
        return answers;
    }

    /** Takes in the answers; says whether the time was up. */
    private boolean receive(List<Piece> pieces, Frame frame, Watch watch, Catcher out, Catcher err) {
        long deadline = System.nanoTime() + watch.timeout().map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
        boolean timedOut = false;
        int sent = 0;
        long came = 0;
        while (!out.done() || !err.done()) {
            while (sent < frame.parts().size() && frame.parts().get(sent).after() <= out.ended()) {
                send(frame.parts().get(sent++), watch.sent());
            }
            News event = next(deadline).orElse(null);
            if (event == null && Thread.interrupted()) {
                endAll();
                Thread.currentThread().interrupt();
                throw new ConnectionLostException("Interrupted while running " + titles(pieces) + " as " + door
                        + "; it was ended, and may be half done");
            }
            switch (event) {
                case null -> {
                    if (timedOut) {
                        throw new ConnectionLostException("The time was up for " + titles(pieces) + " as " + door
                                + ", but it could not be ended; it may be still running");
                    }
                    timedOut = true;
                    end(pieces.getFirst().input().length() > 0 ? 2 : 1);
                    deadline = System.nanoTime() + ENDING.toNanos();
                }
                case News.Bytes(boolean error, byte[] bytes) -> {
                    (error ? err : out).feed(bytes);
                    came += bytes.length;
                    watch.came().accept(came);
                }
                case News.End _ -> {
                    takeInTheRest(out, err);
                    String what = titles(pieces.subList(Math.clamp(out.ended() - frame.leading(), 0, pieces.size() - 1),
                            pieces.size()));
                    throw new ConnectionLostException("The connection was lost while running " + what + " as " + door
                            + ". Whether it finished is unknown");
                }
                case News.NotSent(var why) ->
                    throw new UncheckedIOException("Tried to send a file to " + door + ", but " + why.getMessage(),
                            why);
            }
        }
        return timedOut;
    }

    /** One stream has ended; what is under way in the other tells more exactly how far it came. */
    private void takeInTheRest(Catcher out, Catcher err) {
        long deadline = System.nanoTime() + REST.toNanos();
        while (next(deadline).orElse(null) instanceof News.Bytes(boolean error, byte[] bytes)) {
            (error ? err : out).feed(bytes);
        }
    }

    /** Ends what runs, from a shell beside this one. */
    private void end(int level) {
        try (Shell beside = open(door, kept)) {
            beside.together(List.of(Piece.free(Boot.end(process, level))), Watch.NONE);
        }
    }

    private void endAll() {
        try {
            end(0);
        } catch (RuntimeException _) {
            return; // the connection is of no use, or the node too slow; the exception to come says that it may be half done
        }
    }

    private Optional<News> next(long deadline) {
        try {
            return Optional.ofNullable(news.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** What might fill the way there is sent by a thread of its own, while this one takes in answers. */
    private void send(Frame.Part part, Progress progress) {
        Runnable sending = () -> {
            try {
                part.writeTo(remote.in(), progress);
            } catch (Frame.ContentException e) {
                put(new News.NotSent(e));
            } catch (IOException _) {
                return; // the end of the outputs tells it
            }
        };
        if (part.length() <= AT_ONCE) {
            sending.run();
        } else {
            Thread.ofVirtual().name("to " + door).start(sending);
        }
    }

    private Thread reader(InputStream stream, boolean error) {
        return Thread.ofVirtual().name("from " + door).start(() -> {
            byte[] buffer = new byte[16 * 1024]; // two for each shell of each host
            try {
                for (int n; (n = stream.read(buffer)) >= 0;) {
                    put(new News.Bytes(error, Arrays.copyOf(buffer, n)));
                }
            } catch (IOException _) {
                // an end like any other
            } finally {
                put(new News.End(error)); // nobody waits for what can't come, whatever was in the way
            }
        });
    }

    /** Nobody waits for news any more once this is interrupted. */
    private void put(News what) {
        try {
            news.put(what);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String titles(List<Piece> pieces) {
        List<String> titles = pieces.stream().map(piece -> title(piece.script())).distinct().toList();
        return titles.stream().limit(3).collect(Collectors.joining(", "))
                + (titles.size() > 3 ? " and " + (titles.size() - 3) + " more" : "");
    }

    private static String title(Sh script) {
        String text = script.toString().strip();
        String line = text.lines().findFirst().orElse("nothing");
        if (line.startsWith("b_") || line.contains("$b_")) {
            return "the task's command"; // a function or a variable of our own, with the command further down
        }
        boolean all = line.length() == text.length() && line.length() <= 100;
        return "'" + line.substring(0, Math.min(100, line.length())) + (all ? "'" : " ...'");
    }

    /** A word that nobody can guess. */
    private static String token() {
        return "b_" + UUID.randomUUID().toString().replace("-", "");
    }
}
