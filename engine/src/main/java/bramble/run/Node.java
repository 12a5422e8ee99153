package bramble.run;

import bramble.connection.Become;
import bramble.connection.Connection;
import bramble.connection.NodeShells;
import bramble.module.Platform;
import bramble.module.PlatformFact;
import bramble.shell.Answer;
import bramble.shell.ConnectionLostException;
import bramble.shell.Network;
import bramble.shell.Piece;
import bramble.shell.Progress;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.shell.Terminal;
import bramble.shell.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A machine that tasks are carried to: its shells, and what a dry run predicts of it. It has a thread of its own; host
 * loops, their own host's or one that delegates to it, hand it their work.
 */
final class Node implements AutoCloseable {
    /** After so long without an answer it is looked whether the node is still there before anything is done. */
    private static final long IDLE = Duration.ofSeconds(10).toNanos();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofVirtual().name("node").factory());
    private final NodeShells shells;
    private final Overlay predictions = new Overlay();
    private final NodeLock lock;
    private final boolean dry;
    private final AtomicLong deeds;
    private final Consumer<String> told;
    private final Ahead ahead;
    private @Nullable Platform platform;
    private final Map<Map.Entry<Optional<Become>, NodePaths.Ask>, NodePaths> paths = new HashMap<>();
    private long lastAnswer = System.nanoTime();
    /** Whether the work that is being done has sent what may change the node: it can't be begun anew then. */
    private boolean acted;

    /**
     * Not connected yet.
     *
     * @param dry whether it is only looked at, but for what is done in a dry run, too: then the lock is taken late
     * @param told hears how it is reached, and what programs are started there by a command of their own
     * @param deeds counts what is done on the nodes of the run: see {@link Ahead}
     */
    Node(Supplier<Connection> connect, NodeLock lock, boolean dry, Consumer<String> told, AtomicLong deeds) {
        this.shells = new NodeShells(connect, told);
        this.told = told;
        this.lock = lock;
        this.dry = dry;
        this.deeds = deeds;
        this.ahead = new Ahead(deeds);
    }

    /**
     * Does a task's work in the node's thread, and waits for it, and before for another run that holds the node: then the
     * work is begun anew, because nothing of it was done; what was begun already waits where it is. What it throws comes out here.
     */
    <T> T call(Turn turn, Callable<T> work) throws InterruptedException {
        while (true) {
            try {
                return call(work);
            } catch (NodeLock.HeldException e) {
                turn.blocked(NodeLock.PAUSE);
            }
        }
    }

    /** Does work in the node's thread, and waits for it. What it throws comes out here. */
    <T> T call(Callable<T> work) throws InterruptedException {
        Future<T> future = thread.submit(() -> {
            acted = false;
            try {
                return work.call();
            } catch (OutOfMemoryError e) {
                reconnect(); // an answer may be half read
                throw e;
            }
        });
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) throws InterruptedException {
        return switch (cause) {
            case InterruptedException interrupted -> throw interrupted;
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            case IOException exception -> new UncheckedIOException(exception);
            case null, default -> new IllegalStateException(cause);
        };
    }

    // What follows is called in the node's thread only.

    /** Does what may change the node. */
    List<Answer> ask(Optional<Become> become, List<Piece> pieces, Watch watch) {
        deeds.incrementAndGet();
        try {
            if (System.nanoTime() - lastAnswer > IDLE) {
                look(Optional.empty(), List.of(Piece.free(Sh.raw(":"))), watch); // it may have been restarted meanwhile
            }
            Shell shell = held(become);
            acted = true;
            return send(shell, pieces, watch);
        } finally {
            deeds.incrementAndGet();
        }
    }

    /**
     * Asks for facts, which changes nothing.
     *
     * @param more the facts of so many tasks to come
     */
    List<Answer> read(Optional<Become> become, List<Piece> pieces, IntFunction<List<Piece>> more, Watch watch) {
        return ahead.read(become, pieces, more, asked -> look(become, asked, watch));
    }

    /** Looking twice does no harm: where a node was restarted since it was last asked, it is connected to again. */
    private List<Answer> look(Optional<Become> become, List<Piece> pieces, Watch watch) {
        try {
            return send(looked(become), pieces, watch);
        } catch (ConnectionLostException e) {
            if (Thread.currentThread().isInterrupted() || watch.timeout().isPresent()) {
                throw e;
            }
            reconnect();
            return send(looked(become), pieces, watch);
        }
    }

    /** The user's shell, to ask for what is there. */
    private Shell looked(Optional<Become> become) {
        return dry ? shells.shell(become) : held(become);
    }

    /** The user's shell, on a node that this run holds. */
    private Shell held(Optional<Become> become) {
        take();
        Shell shell = shells.shell(become);
        take(); // the node may have been connected to anew for that shell
        return shell;
    }

    private void take() {
        while (true) {
            try {
                lock.take(shells);
                return;
            } catch (NodeLock.HeldException e) {
                if (!acted) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(NodeLock.PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("The wait for another run that holds the node was interrupted.");
        }
    }

    private List<Answer> send(Shell shell, List<Piece> pieces, Watch watch) {
        pieces.forEach(piece -> piece.script().started().forEach(command -> told.accept("EXEC " + command)));
        List<Answer> answers = shell.ask(pieces, watch);
        lastAnswer = System.nanoTime();
        return answers;
    }

    Network network() {
        return shells.connection().network();
    }

    Terminal terminal(Optional<Become> become) {
        return script -> {
            take();
            acted = true;
            deeds.incrementAndGet();
            return shells.terminal(become).open(script);
        };
    }

    /** That way to ask it, with its network. */
    NodeTask.Asker asker(NodeTask.Asker way) {
        return new NodeTask.Asker() {
            @Override
            public List<Answer> ask(List<Piece> pieces) {
                return way.ask(pieces);
            }

            @Override
            public List<Answer> read(List<Piece> pieces) {
                return way.read(pieces);
            }

            @Override
            public Network network() {
                return Node.this.network();
            }

            @Override
            public Terminal terminal() {
                return way.terminal();
            }

            @Override
            public Progress received() {
                return way.received();
            }

            @Override
            public Progress part() {
                return way.part();
            }
        };
    }

    /** What kind of system it is; read once. */
    Platform platform(Optional<Become> become) {
        Platform known = platform;
        if (known == null) {
            var fact = new PlatformFact();
            known = fact.parse(look(become, List.of(Piece.free(fact.script())), Watch.NONE).getFirst());
            platform = known;
        }
        return known;
    }

    /** Asks before the run begins, which needs no lock: nothing is done yet. What kind of system it is comes along. */
    List<Answer> beforehand(Optional<Become> become, List<Sh> questions) {
        var fact = new PlatformFact();
        List<Answer> answers = send(shells.shell(become), Stream.concat(Stream.of(fact.script()), questions.stream())
                .map(Piece::free).toList(), Watch.NONE);
        platform = fact.parse(answers.getFirst());
        return answers.subList(1, answers.size());
    }

    /**
     * Paths as the user's environment makes them; each is asked for once.
     *
     * @param names the variables that the paths need
     * @param environment the task's own
     */
    NodePaths paths(Optional<Become> become, Set<String> names, Sh environment) {
        if (names.isEmpty()) {
            return NodePaths.AS_WRITTEN;
        }
        var asked = new NodePaths.Ask(names, environment);
        NodePaths known = paths.get(Map.entry(become, asked));
        if (known == null) {
            known = asked.parse(look(become, List.of(Piece.free(asked.script())), Watch.NONE).getFirst());
            paths.put(Map.entry(become, asked), known);
        }
        return known;
    }

    Overlay predictions() {
        return predictions;
    }

    void forgetBecome(Optional<Become> kept) {
        paths.clear();
        shells.forgetBecome(kept);
    }

    void reconnect() {
        platform = null;
        paths.clear();
        lock.lost();
        shells.reconnect();
    }

    int roundTrips() {
        return shells.roundTrips();
    }

    @Override
    public void close() {
        thread.execute(() -> {
            try {
                lock.release(shells);
            } catch (RuntimeException e) {
                lock.lost(); // the connection is gone, and with it what held the lock
            }
            shells.close();
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, java.util.concurrent.TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
