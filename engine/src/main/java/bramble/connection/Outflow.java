package bramble.connection;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A socket's output that gives the connection up where the other side takes nothing for too long. While a write waits, the
 * SSH library can't ask for a sign of life: it would have to write, too.
 */
final class Outflow extends OutputStream {
    private static final long IDLE = -1;

    private final Socket socket;
    private final OutputStream out;
    /** When the write began that is under way, in ns since {@link #origin}. */
    private final AtomicLong since = new AtomicLong(IDLE);
    private final long origin = System.nanoTime();

    private Outflow(Socket socket, OutputStream out) {
        this.socket = socket;
        this.out = out;
    }

    /** @param patience how long one write may take before the socket is closed; zero is for ever */
    static OutputStream of(Socket socket, Duration patience) throws IOException {
        if (patience.isZero()) {
            return socket.getOutputStream();
        }
        var flow = new Outflow(socket, socket.getOutputStream());
        Thread.ofVirtual().name("to " + socket.getRemoteSocketAddress()).start(() -> flow.watch(patience));
        return flow;
    }

    private void watch(Duration patience) {
        try {
            while (!socket.isClosed()) {
                long begun = since.get();
                if (begun != IDLE && System.nanoTime() - origin - begun > patience.toNanos()) {
                    socket.close();
                } else {
                    Thread.sleep(patience.dividedBy(4));
                }
            }
        } catch (InterruptedException | IOException _) {
            return; // an end like any other
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        since.set(System.nanoTime() - origin);
        try {
            out.write(bytes, from, length);
        } finally {
            since.set(IDLE);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
