package bramble.connection;

import bramble.shell.NoShellException;

/** The login worked, but the user to become was refused: no password, a wrong one, no permission. */
public final class BecomeException extends NoShellException {
    public BecomeException(String message) {
        super(message);
    }
}
