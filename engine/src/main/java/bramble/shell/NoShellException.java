package bramble.shell;

/** There is no shell on the node to ask: it can't be reached or entered, or the connection broke. The message says why. */
public abstract class NoShellException extends RuntimeException {
    protected NoShellException(String message) {
        super(message);
    }

    protected NoShellException(String message, Throwable cause) {
        super(message, cause);
    }
}
