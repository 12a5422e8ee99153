package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where the parts of a FAT file system are (Microsoft, FAT32 File System Specification 1.03), by its first sector.
 *
 * @param tableAt where its first table begins, in bytes
 * @param tableBytes how many bytes of a table tell of clusters
 * @param tables how many copies there are
 * @param rootAt where the root folder is, and what comes after the tables
 * @param rootBytes 0 where the root is a chain as any folder
 * @param rootCluster the first one of that chain; 0 where it is none
 * @param dataAt where the first cluster begins; all before it is in use
 * @param bits of an entry of the table
 * @param infoAt where it says how much is free
 */
record FatLayout(long tableAt, long tableBytes, int tables, long rootAt, int rootBytes, int rootCluster, long dataAt,
        int clusterBytes, int clusters, int bits, Optional<Long> infoAt) {
    static final int SECTOR = 512;

    /**
     * Empty where there is none.
     *
     * @throws DamagedException if what it says can't be
     */
    static Optional<FatLayout> of(Bytes region) throws IOException {
        if (region.length() < SECTOR) {
            return Optional.empty();
        }
        ByteBuffer boot = region.read(0, SECTOR);
        int sector = boot.getShort(11) & 0xffff;
        int perCluster = boot.get(13) & 0xff;
        long reserved = boot.getShort(14) & 0xffff;
        int tables = boot.get(16);
        boolean plausible = (boot.getShort(510) & 0xffff) == 0xaa55 && Integer.bitCount(sector) == 1 && sector >= SECTOR
                && sector <= 4096 && Integer.bitCount(perCluster) == 1 && reserved != 0 && (tables == 1 || tables == 2);
        if (!plausible) {
            return Optional.empty();
        }
        int rootBytes = (boot.getShort(17) & 0xffff) * Entry.BYTES;
        long all = boot.getShort(19) == 0 ? boot.getInt(32) & 0xffffffffL : boot.getShort(19) & 0xffff;
        long tableSectors = boot.getShort(22) == 0 ? boot.getInt(36) & 0xffffffffL : boot.getShort(22) & 0xffff;
        long rootAt = (reserved + tables * tableSectors) * sector;
        long dataAt = rootAt + (rootBytes + sector - 1) / sector * (long) sector;
        int clusterBytes = sector * perCluster;
        long clusters = (all * sector - dataAt) / clusterBytes;
        // As Linux and fsck.fat tell it: by where the length of its table stands, and only then by the number of its clusters.
        int bits = boot.getShort(22) == 0 ? 32 : clusters < 4085 ? 12 : 16;
        long tableBytes = ((clusters + 2) * bits + 7) / 8;
        if (clusters < 1 || clusters > 1 << 28 || tableBytes > tableSectors * sector
                || all * sector > region.length()) {
            throw new DamagedException("its FAT file system is damaged");
        }
        int info = bits == 32 ? boot.getShort(48) & 0xffff : 0;
        return Optional.of(new FatLayout(reserved * sector, tableBytes, tables, rootAt, rootBytes,
                bits == 32 ? boot.getInt(44) : 0, dataAt, clusterBytes, (int) clusters, bits,
                info == 0 || info == 0xffff ? Optional.empty() : Optional.of((long) info * sector)));
    }
}
