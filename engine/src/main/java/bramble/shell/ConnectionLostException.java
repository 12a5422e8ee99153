package bramble.shell;

/** The connection to a node broke while something ran there, or that was interrupted; whether it finished is unknown. */
public final class ConnectionLostException extends NoShellException {
    public ConnectionLostException(String message) {
        super(message);
    }
}
