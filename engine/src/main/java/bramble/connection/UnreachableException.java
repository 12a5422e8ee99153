package bramble.connection;

import bramble.shell.NoShellException;

/** A node could not be reached, or not entered; the message says why, and what to do. */
public final class UnreachableException extends NoShellException {
    public UnreachableException(String message) {
        super(message);
    }

    public UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
