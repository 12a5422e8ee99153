package bramble.image;

import bramble.image.UsedBlocks.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import java.util.zip.CRC32C;

/**
 * What tells whether the files of a disk have changed between two moments: a sum of each inode of its ext file systems, and one of the
 * tables of its FAT ones.
 */
final class FileSums {
    private static final int PIECE = 1 << 20;
    private static final int REGULAR = 0x8000;
    private static final int FOLDER = 0x4000;
    private static final int LINK = 0xa000;
    private static final int INLINE = 0x10000000;

    private final Map<Long, Inodes> inodes = new HashMap<>(); // by where a partition begins
    private final Map<Part, Long> tables = new HashMap<>();

    /**
     * Those of an ext file system, by group and place in its table.
     *
     * @param system as it is once its journal is gone through
     * @param where sums of what says where a file's blocks are, and whose they are
     * @param when sums of what changes as well if only its content does
     */
    private record Inodes(Ext4 system, int[][] where, int[][] when) {}

    /**
     * The places of what has changed.
     *
     * @param moved which pieces have blocks of files that came, or got others, and of folders in which names came or went
     * @param written which have blocks of files that were written to
     * @param unclear whether there is a file of which nobody can tell where its blocks are
     */
    record Changes(BitSet moved, BitSet written, boolean unclear) {}

    private FileSums() {}

    /** @param parts the disk's partitions, the same ones at each moment */
    static FileSums of(Bytes disk, List<Part> parts) throws IOException {
        var sums = new FileSums();
        for (Part part : parts) {
            Bytes region = disk.slice(part.start(), part.length());
            Optional<Ext4> ext = part.kind().equals("ext") ? Ext4.of(region) : Optional.empty();
            if (ext.isPresent()) {
                sums.inodes.put(part.start(), inodes(Journal.replayed(ext.get())));
            } else if (part.kind().equals("vfat")) {
                Optional<FatLayout> fat = FatLayout.of(region);
                if (fat.isPresent()) {
                    sums.tables.put(part, sum(region, fat.get().dataAt()));
                }
            }
        }
        return sums;
    }

    private static long sum(Bytes region, long end) throws IOException {
        var sum = new CRC32C();
        for (long at = 0; at < end; at += PIECE) {
            sum.update(region.read(at, (int) Math.min(PIECE, end - at)));
        }
        return sum.getValue();
    }

    private static Inodes inodes(Ext4 system) throws IOException {
        var where = new int[system.groups()][];
        var when = new int[system.groups()][];
        int bytes = system.inodeBytes();
        int some = PIECE / bytes;
        for (Ext4.Group group : system.usage().groups()) {
            int count = (int) Math.max(0, system.inodesPerGroup() - group.unusedInodes());
            int[] places = new int[count];
            int[] times = new int[count];
            for (int first = 0; first < count; first += some) {
                int here = Math.min(some, count - first);
                ByteBuffer table = system.bytes().read(
                        group.inodeTable() * system.blockBytes() + (long) first * bytes, here * bytes);
                for (int i = 0; i < here; i++) {
                    if (table.getShort(i * bytes) != 0 && table.getShort(i * bytes + 26) != 0) { // is there, and has names
                        places[first + i] = sum(table, i * bytes, 0, 2, 28, 36, 40, 108, 116, 120);
                        times[first + i] = sum(table, i * bytes, 4, 8, 12, 20, 108, 112, Math.min(132, bytes),
                                Math.min(140, bytes));
                    }
                }
            }
            where[group.number()] = places;
            when[group.number()] = times;
        }
        return new Inodes(system, where, when);
    }

    /** @param ranges where they begin and end, by turns */
    private static int sum(ByteBuffer table, int at, int... ranges) {
        var sum = new CRC32C();
        for (int i = 0; i < ranges.length; i += 2) {
            sum.update(table.slice(at + ranges[i], ranges[i + 1] - ranges[i]));
        }
        return (int) sum.getValue();
    }

    /** What isn't as it was, in pieces of so many bytes. */
    Changes since(FileSums before, int piece) throws IOException {
        var moved = new BitSet();
        var written = new BitSet();
        boolean unclear = false;
        for (var table : tables.entrySet()) {
            if (!table.getValue().equals(before.tables.get(table.getKey()))) {
                mark(moved, table.getKey().start(), table.getKey().length(), piece);
            }
        }
        for (var one : inodes.entrySet()) {
            Inodes now = one.getValue();
            Inodes then = before.inodes.getOrDefault(one.getKey(), new Inodes(now.system, new int[0][], new int[0][]));
            for (int group = 0; group < now.where.length; group++) {
                for (int i = 0; i < now.where[group].length; i++) {
                    boolean other = at(now.where, group, i) != at(then.where, group, i);
                    if (other || at(now.when, group, i) != at(then.when, group, i)) {
                        ByteBuffer inode = now.system.inode(group * now.system.inodesPerGroup() + i + 1);
                        unclear |= !mark(other || kind(inode) == FOLDER ? moved : written, one.getKey(), now.system,
                                inode, piece);
                    }
                }
            }
        }
        return new Changes(moved, written, unclear);
    }

    private static int at(int[][] sums, int group, int index) {
        return group < sums.length && index < sums[group].length ? sums[group][index] : 0;
    }

    private static int kind(ByteBuffer inode) {
        return inode.getShort(0) & 0xf000;
    }

    /** Marks the blocks of an inode; says whether they could be told. */
    private static boolean mark(BitSet pieces, long start, Ext4 system, ByteBuffer inode, int piece)
            throws IOException {
        int kind = kind(inode);
        boolean own = (inode.getInt(32) & INLINE) != 0
                || (kind == LINK && (inode.getInt(32) & FileBlocks.EXTENTS) == 0 && inode.getInt(4) < FileBlocks.BYTES);
        if (own || (kind != REGULAR && kind != FOLDER && kind != LINK)) {
            return true;
        }
        long block = system.blockBytes();
        try {
            FileBlocks.all(system, inode,
                    (_, first, count) -> mark(pieces, start + first * block, count * block, piece));
            return true;
        } catch (DamagedException _) { // what tells of it has gone meanwhile
            return false;
        }
    }

    private static void mark(BitSet pieces, long from, long length, int piece) {
        pieces.set((int) (from / piece), (int) ((from + length + piece - 1) / piece));
    }
}
