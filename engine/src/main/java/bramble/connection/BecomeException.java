package bramble.connection;

/** The login worked, but the user to become was refused: no password, a wrong one, no permission. */
public final class BecomeException extends RuntimeException {
    public BecomeException(String message) {
        super(message);
    }
}
