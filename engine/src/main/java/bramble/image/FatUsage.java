package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * Which clusters of a FAT file system are in use (Microsoft, FAT32 File System Specification 1.03), however large it is.
 *
 * @param dataAt where the first cluster begins; all before it is in use
 * @param used of the clusters, the first one being 0
 */
record FatUsage(int bits, long dataAt, int clusterBytes, int clusters, BitSet used) {
    private static final int PIECE = 3 << 18; // a multiple of what any kind of table has for some clusters

    /** Empty if there is none. */
    static Optional<FatUsage> of(Bytes region) throws IOException {
        if (region.length() < 512) {
            return Optional.empty();
        }
        ByteBuffer boot = region.read(0, 512);
        int sector = boot.getShort(11) & 0xffff;
        int perCluster = boot.get(13) & 0xff;
        int reserved = boot.getShort(14) & 0xffff;
        int tables = boot.get(16);
        boolean plausible = (boot.getShort(510) & 0xffff) == 0xaa55 && Integer.bitCount(sector) == 1 && sector >= 512
                && sector <= 4096 && Integer.bitCount(perCluster) == 1 && reserved != 0 && (tables == 1 || tables == 2);
        if (!plausible) {
            return Optional.empty();
        }
        long rootBytes = (boot.getShort(17) & 0xffff) * 32L;
        long all = boot.getShort(19) == 0 ? boot.getInt(32) & 0xffffffffL : boot.getShort(19) & 0xffff;
        long tableSectors = boot.getShort(22) == 0 ? boot.getInt(36) & 0xffffffffL : boot.getShort(22) & 0xffff;
        long tableAt = (long) reserved * sector;
        long dataAt = tableAt + tables * tableSectors * sector + (rootBytes + sector - 1) / sector * sector;
        int clusterBytes = sector * perCluster;
        long count = (all * sector - dataAt) / clusterBytes;
        int bits = bits(boot, count);
        long tableBytes = ((count + 2) * bits + 7) / 8;
        if (count < 1 || count > 1 << 28 || tableBytes > tableSectors * sector || all * sector > region.length()) {
            throw new DamagedException("its FAT file system is damaged");
        }
        var used = new BitSet((int) count);
        int perPiece = PIECE * 8 / bits;
        for (long first = 0; first < count + 2; first += perPiece) {
            ByteBuffer table = region.read(tableAt + first * bits / 8,
                    (int) Math.min(PIECE, tableBytes - first * bits / 8));
            for (int i = 0; i < perPiece && first + i < count + 2; i++) {
                int entry = first + i < 2 ? 0 : entry(table, bits, i);
                if (entry != 0 && entry != (bits == 32 ? 0x0ffffff7 : (1 << bits) - 9)) { // a bad cluster can't be read
                    used.set((int) (first + i) - 2);
                }
            }
        }
        return Optional.of(new FatUsage(bits, dataAt, clusterBytes, (int) count, used));
    }

    /** Its kind, as Linux and fsck.fat tell it: by where the length of its table stands, and only then by the number of its clusters. */
    static int bits(ByteBuffer boot, long clusters) {
        return boot.getShort(22) == 0 ? 32 : clusters < 4085 ? 12 : 16;
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
