package bramble.connection;

import bramble.shell.Network;
import bramble.shell.Remote;
import java.util.Optional;

/** A way to start programs on a node. */
public interface Connection extends AutoCloseable {
    /**
     * Starts a command as the login user, through whatever login shell that user has.
     *
     * @throws UnreachableException if the connection is broken, or has no room for another program
     */
    Remote start(String command);

    /** Starts a command like {@link #start}, on a terminal that doesn't show what is typed. Errors come with the output. */
    default Remote terminal(String command) {
        throw new UnreachableException("Tried to start a program on a terminal of " + describe() + ", but it has none");
    }

    /** The network as it is seen from there. */
    default Network network() {
        return Network.HERE;
    }

    /** Who one is logged in as; empty where only the node knows. */
    default Optional<String> user() {
        return Optional.empty();
    }

    /** Who is where, for messages: {@code pi@node1}. */
    String describe();

    /** Whether it can still be used, as far as this side knows. */
    boolean isOpen();

    @Override
    void close();
}
