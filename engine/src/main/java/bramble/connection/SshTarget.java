package bramble.connection;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where to go by SSH, as whom, and how.
 *
 * @param host the name or address to connect to
 * @param jumps hosts to go through, the first one first
 * @param proxyCommand a command of this machine whose input and output are the connection, instead of a socket; its tokens
 *                     are replaced already
 */
public record SshTarget(String host, int port, String user, Proof proof, HostKeys hostKeys, Timing timing,
        List<SshTarget> jumps, Optional<String> proxyCommand) {

    /**
     * How the user proves who they are.
     *
     * @param keys files with private keys, tried in this order; one that doesn't exist is left out. Beside each, a
     *             certificate {@code KEY-cert.pub} is found
     * @param passphrase opens the keys that are encrypted
     * @param certificates files with certificates for the keys, which lie elsewhere
     * @param agent the socket of an ssh-agent, asked after the keys
     * @param onlyKeys whether the agent is asked only for the keys that are named, by the public keys beside them
     */
    public record Proof(Optional<Password> password, List<Path> keys, Optional<Password> passphrase,
            List<Path> certificates, Optional<Path> agent, boolean onlyKeys) {
        public static final Proof NONE = new Proof(Optional.empty(), List.of(), Optional.empty(), List.of(),
                Optional.empty(), false);

        public Proof {
            keys = List.copyOf(keys);
            certificates = List.copyOf(certificates);
        }

        public static Proof password(String password) {
            return new Proof(Optional.of(new Password(password)), List.of(), Optional.empty(), List.of(),
                    Optional.empty(), false);
        }

        public static Proof key(Path key) {
            return new Proof(Optional.empty(), List.of(key), Optional.empty(), List.of(), Optional.empty(), false);
        }
    }

    /**
     * How the host proves which one it is.
     *
     * @param known files as ssh's known_hosts; a new key goes into the first
     * @param alias the name to look for in them, instead of the host's
     * @param pinned a file like these, but of keys that were given to nodes: where it speaks of the host, it alone counts
     */
    public record HostKeys(Checking checking, List<Path> known, Optional<String> alias, Optional<Path> pinned) {
        public HostKeys {
            known = List.copyOf(known);
        }

        /** Without keys that were given to nodes. */
        public HostKeys(Checking checking, List<Path> known, Optional<String> alias) {
            this(checking, known, alias, Optional.empty());
        }
    }

    /** What is done about a host key that isn't known. */
    public enum Checking {
        /** Refuse it. */
        STRICT,
        /** Note it down and accept it; refuse one that has changed. */
        ACCEPT_NEW,
        /** Accept whatever is shown. */
        OFF
    }

    /**
     * How long to wait.
     *
     * @param connect until the login is complete
     * @param alive of silence, before the other side is asked for a sign of life
     * @param silences how many such signs may fail to come before the connection counts as lost
     */
    public record Timing(Duration connect, Duration alive, int silences) {
        public static final Timing USUAL = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(10), 3);
    }

    public SshTarget {
        jumps = List.copyOf(jumps);
    }

    /** A host reached directly. */
    public SshTarget(String host, int port, String user, Proof proof, HostKeys hostKeys) {
        this(host, port, user, proof, hostKeys, Timing.USUAL, List.of(), Optional.empty());
    }

    public SshTarget with(Timing other) {
        return new SshTarget(host, port, user, proof, hostKeys, other, jumps, proxyCommand);
    }

    /** The same, with a file of keys that were given to nodes, for it and those that it is reached through. */
    public SshTarget pinned(Path file) {
        return new SshTarget(host, port, user, proof,
                new HostKeys(hostKeys.checking, hostKeys.known, hostKeys.alias, Optional.of(file)), timing,
                jumps.stream().map(jump -> jump.pinned(file)).toList(), proxyCommand);
    }

    public SshTarget through(List<SshTarget> others) {
        return new SshTarget(host, port, user, proof, hostKeys, timing, others, proxyCommand);
    }

    /** {@code pi@node1}, with the port where it isn't 22. */
    @Override
    public String toString() {
        return user + "@" + host + (port == 22 ? "" : ":" + port);
    }
}
