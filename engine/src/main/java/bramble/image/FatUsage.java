package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * Which clusters of a FAT file system are in use (Microsoft, FAT32 File System Specification 1.03), however large it is.
 *
 * @param used of the clusters, the first one being 0
 */
record FatUsage(FatLayout layout, BitSet used) {
    private static final int PIECE = 3 << 18; // a multiple of what any kind of table has for some clusters

    /** Empty if there is none. */
    static Optional<FatUsage> of(Bytes region) throws IOException {
        Optional<FatLayout> found = FatLayout.of(region);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FatLayout layout = found.get();
        long count = layout.clusters();
        int bits = layout.bits();
        var used = new BitSet((int) count);
        int perPiece = PIECE * 8 / bits;
        for (long first = 0; first < count + 2; first += perPiece) {
            ByteBuffer table = region.read(layout.tableAt() + first * bits / 8,
                    (int) Math.min(PIECE, layout.tableBytes() - first * bits / 8));
            for (int i = 0; i < perPiece && first + i < count + 2; i++) {
                int entry = first + i < 2 ? 0 : entry(table, bits, i);
                if (entry != 0 && entry != (bits == 32 ? 0x0ffffff7 : (1 << bits) - 9)) { // a bad cluster can't be read
                    used.set((int) (first + i) - 2);
                }
            }
        }
        return Optional.of(new FatUsage(layout, used));
    }

    private static int entry(ByteBuffer table, int bits, int at) {
        return switch (bits) {
            case 12 -> {
                int place = at * 3 / 2;
                int low = table.get(place) & 0xff;
                int high = table.get(place + 1) & 0xff;
                yield at % 2 == 0 ? low | ((high & 0xf) << 8) : (low >> 4) | (high << 4);
            }
            case 16 -> table.getShort(at * 2) & 0xffff;
            default -> table.getInt(at * 4) & 0x0fffffff;
        };
    }
}
