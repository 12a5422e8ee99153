package bramble.connection;

import bramble.shell.Remote;
import bramble.shell.Shell;
import bramble.shell.Terminal;
import bramble.shell.TerminalBoot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The shells on one node: one for the login user, and one for each user that is become. They are opened when they are first
 * asked for, and opened again when they have died; when there are too many, the one that has been idle longest is closed.
 *
 * <p>Belongs to one thread at a time.
 */
public final class NodeShells implements AutoCloseable {
    /** OpenSSH allows ten programs at once on a connection; one is kept for ending what hangs, one for bulk content. */
    private static final int MOST = 7;

    private final Supplier<Connection> connect;
    private final Consumer<String> told;
    private final Map<Optional<Become>, Shell> shells = new LinkedHashMap<>(16, 0.75f, true);
    private Optional<Connection> connection = Optional.empty();
    private int roundTripsOfClosed;

    /**
     * Nothing is opened yet.
     *
     * @param connect opens the connection, and throws {@link UnreachableException} if it can't
     */
    public NodeShells(Supplier<Connection> connect) {
        this(connect, _ -> {});
    }

    /** @param told hears which shells are opened */
    public NodeShells(Supplier<Connection> connect, Consumer<String> told) {
        this.connect = connect;
        this.told = told;
    }

    /**
     * The shell of the user, opened if need be.
     *
     * @throws UnreachableException if the node can't be reached
     * @throws BecomeException if the user can't be become
     */
    public Shell shell(Optional<Become> wanted) {
        boolean connected = connection.isPresent();
        Optional<Become> become = needed(wanted);
        Shell known = shells.get(become);
        if (known != null && known.isOpen()) {
            return known;
        }
        close(become);
        while (shells.size() >= MOST) {
            close(shells.keySet().iterator().next());
        }
        try {
            return opened(become);
        } catch (UnreachableException e) {
            if (!connected || connection.filter(Connection::isOpen).isPresent()) {
                throw e;
            }
            return opened(become); // the connection ended just now; it is made again
        }
    }

    /** Nothing where one is that user already. */
    private Optional<Become> needed(Optional<Become> become) {
        return become.filter(other -> other.evenOneself()
                || !connection.orElseGet(this::connection).user().equals(Optional.of(other.user())));
    }

    private Shell opened(Optional<Become> become) {
        var door = new LoginDoor(connection(), become);
        Shell opened = Shell.open(door);
        told.accept("opened a shell as " + door + become.map(other -> " by " + other.call("password")).orElse(""));
        shells.put(become, opened);
        return opened;
    }

    /** Terminals of the user. */
    public Terminal terminal(Optional<Become> become) {
        return script -> TerminalBoot.begin(new LoginDoor(new OnTerminal(connection()), needed(become)), script);
    }

    /** A connection that starts programs on terminals. */
    private record OnTerminal(Connection plain) implements Connection {
        @Override
        public Remote start(String command) {
            return plain.terminal(command);
        }

        @Override
        public String describe() {
            return plain.describe();
        }

        @Override
        public boolean isOpen() {
            return plain.isOpen();
        }

        @Override
        public void close() {
            plain.close();
        }
    }

    /**
     * Closes the shells of become users but one: where users or groups change, a new one sees it, and none is in the way of
     * a user who is to go.
     */
    public void forgetBecome(Optional<Become> kept) {
        shells.keySet().stream().filter(user -> user.isPresent() && !user.equals(kept)).toList().forEach(this::close);
    }

    /** Closes all shells and the connection; the next {@link #shell} connects anew. */
    public void reconnect() {
        close();
    }

    /** The connection, opened if need be. */
    public Connection connection() {
        if (connection.isPresent() && !connection.get().isOpen()) {
            close();
        }
        if (connection.isEmpty()) {
            connection = Optional.of(connect.get());
        }
        return connection.get();
    }

    /** How many times the node was asked, over all shells, those that are closed too. */
    public int roundTrips() {
        return roundTripsOfClosed + shells.values().stream().mapToInt(Shell::roundTrips).sum();
    }

    /** How many shells are open. */
    public int open() {
        return shells.size();
    }

    private void close(Optional<Become> become) {
        Shell old = shells.remove(become);
        if (old != null) {
            roundTripsOfClosed += old.roundTrips();
            old.close();
        }
    }

    @Override
    public void close() {
        new HashMap<>(shells).keySet().forEach(this::close);
        connection.ifPresent(Connection::close);
        connection = Optional.empty();
    }
}
