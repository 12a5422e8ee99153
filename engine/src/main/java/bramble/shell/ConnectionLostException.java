package bramble.shell;

/** The connection to a node broke while something ran there, or that was interrupted; whether it finished is unknown. */
public final class ConnectionLostException extends RuntimeException {
    public ConnectionLostException(String message) {
        super(message);
    }
}
