package bramble.connection;

import bramble.shell.NoShellException;

/** A node could not be reached, or not entered; the message says why, and what to do. */
public final class UnreachableException extends NoShellException {
    private final boolean stranger;

    public UnreachableException(String message) {
        super(message);
        stranger = false;
    }

    public UnreachableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    UnreachableException(String message, Throwable cause, boolean stranger) {
        super(message, cause);
        this.stranger = stranger;
    }

    /** Whether somebody answered, with a host key that isn't known to be the node's: to wait doesn't help. */
    public boolean byStranger() {
        return stranger;
    }
}
