package bramble.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a disk, out of whatever an image is packed in. */
interface Content extends Closeable {
    /** Reads some bytes; -1 at the end, which is told only if the archive is whole and its own checksums are right. */
    int read(ByteBuffer into) throws IOException;

    /** How many bytes there are in all; -1 where that isn't known before the end. */
    default long size() {
        return -1;
    }

    /** How many bytes there are at the least. */
    default long atLeast() {
        return Math.max(0, size());
    }

    /** How many bytes of what it unpacked it keeps in memory, at the most; 0 where that is little. */
    default long window() {
        return 0;
    }

    @Override
    default void close() throws IOException {
        // most have nothing of their own
    }
}
