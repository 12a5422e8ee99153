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

    /** Has what is in use written to the disk. */
    void settle() throws IOException;

    /** Forgets what is known of it: what is read from now on is as it is now. */
    void forget() throws IOException;

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

    /** The units that sectors are in. */
    static BitSet units(BitSet sectors) {
        int perUnit = UNIT / UsedBlocks.SECTOR;
        var units = new BitSet();
        for (int i = sectors.nextSetBit(0); i >= 0; i = sectors.nextSetBit((i / perUnit + 1) * perUnit)) {
            units.set(i / perUnit);
        }
        return units;
    }

    @Override
    void close();
}
