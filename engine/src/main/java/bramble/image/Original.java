package bramble.image;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** A disk that is to be cloned, wherever it is. */
public interface Original extends Bytes, AutoCloseable {
    /** By how many bytes it is read. */
    int UNIT = 1 << 16;

    /** What it is called in messages. */
    String shown();

    /** What it is in use for while it is read; empty if nobody writes to it. */
    List<String> uses();

    /** Has what is in use written to the disk, and forgets what is known of it: what is read from now on is as it is now. */
    void refresh() throws IOException;

    /**
     * Reads parts of a piece.
     *
     * @param at where the piece begins
     * @param into gets the units that are wanted, where they belong; the others stay as they are
     * @param length of the piece
     * @param wanted which units of it, counted from its beginning
     */
    default void fill(long at, byte[] into, int length, BitSet wanted) throws IOException {
        for (int from = wanted.nextSetBit(0); from >= 0;) {
            int end = wanted.nextClearBit(from);
            int begin = from * UNIT;
            int bytes = Math.min(end * UNIT, length) - begin;
            read(at + begin, bytes).get(0, into, begin, bytes);
            from = wanted.nextSetBit(end);
        }
    }

    @Override
    void close();
}
