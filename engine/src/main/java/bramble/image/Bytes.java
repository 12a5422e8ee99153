package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of which any can be read at any time: a disk, wherever it is, or a part of one. */
public interface Bytes {
    /** How many there are. */
    long length();

    /** So many bytes of that place, in little-endian order. */
    ByteBuffer read(long at, int bytes) throws IOException;

    /**
     * Looks whether a part is wholly within.
     *
     * @throws IOException if it isn't
     */
    default void within(long from, long bytes) throws IOException {
        if (from < 0 || bytes < 0 || from > length() - bytes) {
            throw new IOException("it is said to reach from byte " + from + " to " + (from + bytes) + ", but only "
                    + length() + " bytes are there");
        }
    }

    /**
     * A part of them.
     *
     * @throws IOException if it isn't wholly within
     */
    default Bytes slice(long from, long bytes) throws IOException {
        within(from, bytes);
        Bytes all = this;
        return new Bytes() {
            @Override
            public long length() {
                return bytes;
            }

            @Override
            public ByteBuffer read(long at, int count) throws IOException {
                within(at, count);
                return all.read(from + at, count);
            }
        };
    }
}
