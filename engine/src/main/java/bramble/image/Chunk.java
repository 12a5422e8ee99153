package bramble.image;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A part of an image, on its way to several cards; once all have it, its buffer is used for another one. */
final class Chunk {
    /** How large it is, but for the last one. */
    static final int SIZE = 4 << 20;

    /** What devices want positions in memory to be a multiple of. */
    static final int ALIGNMENT = 4096;

    private final long position;
    private final ByteBuffer bytes;
    private final Pool pool;
    private final AtomicInteger users;

    /** As many buffers as there will be; who wants one waits until another has given one back. */
    static final class Pool {
        private final BlockingQueue<ByteBuffer> free = new LinkedBlockingQueue<>();

        Pool(int buffers) {
            for (int i = 0; i < buffers; i++) {
                free.add(buffer(SIZE));
            }
        }

        ByteBuffer take() throws InterruptedException {
            return free.take().clear();
        }

        void give(ByteBuffer buffer) {
            free.add(buffer);
        }
    }

    Chunk(long position, ByteBuffer bytes, Pool pool, int users) {
        this.position = position;
        this.bytes = bytes;
        this.pool = pool;
        this.users = new AtomicInteger(users);
    }

    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size + ALIGNMENT).alignedSlice(ALIGNMENT).limit(size).slice();
    }

    /** Whether the first byte is zero, and each is what the one before it is. */
    static boolean zero(ByteBuffer bytes) {
        int length = bytes.remaining();
        return length == 0
                || (bytes.get(bytes.position()) == 0
                        && bytes.slice(bytes.position(), length - 1)
                                .mismatch(bytes.slice(bytes.position() + 1, length - 1)) < 0);
    }

    long position() {
        return position;
    }

    long end() {
        return position + bytes.limit();
    }

    /** Its bytes, to be read from the first to the last. */
    ByteBuffer bytes() {
        return bytes.duplicate().rewind();
    }

    void done() {
        if (users.decrementAndGet() == 0) {
            pool.give(bytes);
        }
    }
}
