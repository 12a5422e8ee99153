package bramble.shell;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A program that was started on a node, with its streams. Reading blocks; when the program ends or the connection breaks,
 * both outputs end.
 *
 * @param in what the program reads
 */
public record Remote(OutputStream in, InputStream out, InputStream err, Life life) implements AutoCloseable {
    /** How the program ends. */
    public interface Life {
        /** Waits until it has ended, and gives its exit status; -1 if the connection broke before. */
        int await() throws InterruptedException;

        /** Ends it as far as this side can: closes its input, and lets go of it. Doesn't block. */
        void end();
    }

    public int waitFor() throws InterruptedException {
        return life.await();
    }

    @Override
    public void close() {
        life.end();
    }
}
