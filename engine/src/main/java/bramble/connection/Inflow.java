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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A stream whose writer doesn't depend on its reader: an SSH session delivers to all its channels on one thread. A writer that is
 * far ahead waits a while with each chunk, so that a node that sends without end doesn't fill the memory.
 */
final class Inflow extends InputStream {
    private static final byte[] END = new byte[0];
    private static final int AHEAD = 32 << 20; // bytes
    private static final Duration SLOW = Duration.ofMillis(500);

    private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
    private final Optional<Duration> patience;
    private final Semaphore room;
    private final Duration slow;
    private byte[] current = END;
    private int at;
    private boolean ended;

    /** @param room how much room is given back once it was read */
    private record Chunk(byte[] bytes, int room) {}

    Inflow() {
        this(Optional.empty());
    }

    /** @param patience how long a read waits before it throws SocketTimeoutException, as that of a socket does */
    Inflow(Optional<Duration> patience) {
        this(patience, AHEAD, SLOW);
    }

    /**
     * @param ahead how many bytes may be written and not yet read before the writer waits
     * @param slow how long it waits with each chunk then, if nobody reads
     */
    Inflow(Optional<Duration> patience, int ahead, Duration slow) {
        this.patience = patience;
        this.room = new Semaphore(ahead);
        this.slow = slow;
    }

    /** Where the writer writes; closing it ends the stream. */
    OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                if (length > 0) {
                    chunks.add(new Chunk(Arrays.copyOfRange(bytes, from, from + length), taken(length)));
                }
            }

            @Override
            public void close() {
                chunks.add(new Chunk(END, 0));
            }
        };
    }

    /** How much room was taken for so many bytes: all or none. */
    private int taken(int length) throws IOException {
        try {
            return room.tryAcquire(length, slow.toNanos(), TimeUnit.NANOSECONDS) ? length : 0;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
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
                return read(chunks.take());
            }
            Chunk chunk = chunks.poll(patience.get().toMillis(), TimeUnit.MILLISECONDS);
            if (chunk == null) {
                throw new SocketTimeoutException("nothing came for " + patience.get().toMillis() + " ms");
            }
            return read(chunk);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public int available() {
        return current.length - at;
    }

    private byte[] read(Chunk chunk) {
        room.release(chunk.room());
        return chunk.bytes();
    }
}
