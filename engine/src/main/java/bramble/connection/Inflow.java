package bramble.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream whose writer never waits for its reader: an SSH session delivers to all its channels on one thread. */
final class Inflow extends InputStream {
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
    private final Optional<Duration> patience;
    private byte[] current = END;
    private int at;
    private boolean ended;

    Inflow() {
        this(Optional.empty());
    }

    /** @param patience how long a read waits before it throws SocketTimeoutException, as that of a socket does */
    Inflow(Optional<Duration> patience) {
        this.patience = patience;
    }

    /** Where the writer writes; closing it ends the stream. */
    OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (length > 0) {
                    chunks.add(Arrays.copyOfRange(bytes, from, from + length));
                }
            }

            @Override
            public void close() {
                chunks.add(END);
            }
        };
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == current.length && !ended) {
            current = next();
            at = 0;
            ended = current.length == 0;
        }
        if (ended) {
            return -1;
        }
        int n = Math.min(length, current.length - at);
        System.arraycopy(current, at, bytes, from, n);
        at += n;
        return n;
    }

    private byte[] next() throws IOException {
        try {
            if (patience.isEmpty()) {
                return chunks.take();
            }
            byte[] chunk = chunks.poll(patience.get().toMillis(), TimeUnit.MILLISECONDS);
            if (chunk == null) {
                throw new SocketTimeoutException("nothing came for " + patience.get().toMillis() + " ms");
            }
            return chunk;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public int available() {
        return current.length - at;
    }
}
