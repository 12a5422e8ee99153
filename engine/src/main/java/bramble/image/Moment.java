package bramble.image;

import bramble.image.UsedBlocks.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A disk in use, as it was at one moment as far as its file systems tell of themselves: superblocks, descriptors, bitmaps, inodes and journals, and
 * the tables of FAT. They are kept in a file; everything else is read from the disk when it is asked for, and so is never older than they are.
 *
 * <p>An ext file system with a journal comes out as after a power cut at that moment: what is in its places is read first, then the journal. As
 * long as the journal hasn't let go of its oldest transaction meanwhile, it has all that wasn't in its place when that was read.
 */
final class Moment implements Bytes {
    private static final int WINDOW = 4 << 20;
    private static final int TRIES = 3;

    private final Original disk;
    private final FileChannel file;
    private final NavigableMap<Long, Kept> kept = new TreeMap<>();
    private boolean settled = true;

    /** Bytes of the disk, and where they are in the file. */
    private record Kept(long from, long to, long place) {}

    /** An ext file system of the disk, and where its journal's blocks are. */
    private record Tree(Ext4 ext, long start, long[] journal) {}

    private Moment(Original disk, FileChannel file) {
        this.disk = disk;
        this.file = file;
    }

    /**
     * Takes one of a disk in use.
     *
     * @param parts its partitions, as they were found before
     * @param file that is empty, and for it alone
     */
    static Moment of(Original disk, List<Part> parts, FileChannel file) throws IOException {
        var moment = new Moment(disk, file);
        moment.take(parts);
        return moment;
    }

    private void take(List<Part> parts) throws IOException {
        var tables = new Ranges();
        var journals = new Ranges();
        var trees = new ArrayList<Tree>();
        for (Part part : parts) {
            Bytes region = disk.slice(part.start(), part.length());
            Optional<Ext4> ext = part.kind().equals("ext") ? Ext4.of(region) : Optional.empty();
            if (ext.isPresent()) {
                boolean journaled = ext.get().compatible(Ext4.Feature.COMPAT_HAS_JOURNAL);
                var tree = new Tree(ext.get(), part.start(),
                        journaled ? Journal.places(ext.get()) : new long[0]);
                trees.add(tree);
                tables(tree, tables);
                journals.add(tree, tree.journal);
            } else if (part.kind().equals("vfat")) {
                FatLayout.of(region).ifPresent(fat -> tables.add(part.start(), part.start() + fat.dataAt()));
            }
        }
        for (int i = 0; i < TRIES; i++) {
            int[] oldest = oldest(trees, disk);
            keep(tables);
            disk.forget();
            keep(journals);
            disk.forget();
            settled = Arrays.equals(oldest, oldest(trees, this));
            if (settled) {
                break;
            }
        }
        // What was being written to the journal while it was read isn't whole, but for it another one's beginning was read already.
        var whole = new Ranges();
        for (Tree tree : trees) {
            whole.add(tree, Journal.log(Ext4.of(slice(tree.start, tree.ext.bytes().length())).orElse(tree.ext)));
        }
        keep(whole);
        disk.forget();
    }

    private static void tables(Tree tree, Ranges into) throws IOException {
        Ext4 ext = tree.ext;
        long block = ext.blockBytes();
        into.add(tree.start, tree.start + Ext4.SUPERBLOCK + 1024);
        into.add(tree, ext.descriptors());
        for (Ext4.Group group : ext.usage().groups()) {
            into.add(tree, group.blockBitmap(), group.inodeBitmap());
            long table = tree.start + group.inodeTable() * block;
            long inodes = Math.max(0, ext.inodesPerGroup() - group.unusedInodes());
            into.add(table, table + (inodes * ext.inodeBytes() + block - 1) / block * block);
        }
    }

    /** The numbers of the oldest transactions that the journals have. */
    private static int[] oldest(List<Tree> trees, Bytes of) throws IOException {
        var oldest = new int[trees.size()];
        for (int i = 0; i < oldest.length; i++) {
            Tree tree = trees.get(i);
            if (tree.journal.length > 0) {
                oldest[i] = of.read(tree.start + tree.journal[0] * tree.ext.blockBytes(), 64)
                        .order(ByteOrder.BIG_ENDIAN).getInt(24);
            }
        }
        return oldest;
    }

    /** Sectors of the disk, by the window that they are in. */
    private static final class Ranges {
        private final NavigableMap<Long, BitSet> windows = new TreeMap<>();

        void add(long from, long to) {
            int sector = UsedBlocks.SECTOR;
            for (long at = from; at < to;) {
                long window = at / WINDOW;
                long end = Math.min(to, (window + 1) * WINDOW);
                windows.computeIfAbsent(window, _ -> new BitSet()).set((int) ((at - window * WINDOW) / sector),
                        (int) ((end - window * WINDOW + sector - 1) / sector));
                at = end;
            }
        }

        void add(Tree tree, long... blocks) {
            long bytes = tree.ext.blockBytes();
            for (long block : blocks) {
                add(tree.start + block * bytes, tree.start + (block + 1) * bytes);
            }
        }
    }

    private void keep(Ranges ranges) throws IOException {
        byte[] buffer = new byte[WINDOW];
        for (var one : ranges.windows.entrySet()) {
            long at = one.getKey() * WINDOW;
            BitSet sectors = one.getValue();
            disk.fill(at, buffer, (int) Math.min(WINDOW, disk.length() - at), Original.units(sectors));
            for (int from = sectors.nextSetBit(0); from >= 0;) {
                int to = sectors.nextClearBit(from);
                put(at + (long) from * UsedBlocks.SECTOR, ByteBuffer.wrap(buffer, from * UsedBlocks.SECTOR,
                        (to - from) * UsedBlocks.SECTOR));
                from = sectors.nextSetBit(to);
            }
        }
    }

    /** Keeps bytes, where they were kept before, if they were: then they were within what was kept at once. */
    private void put(long at, ByteBuffer bytes) throws IOException {
        var before = kept.floorEntry(at);
        try {
            long place = file.size();
            if (before != null && before.getValue().to > at) {
                place = before.getValue().place + at - before.getKey();
            } else {
                kept.put(at, new Kept(at, at + bytes.remaining(), place));
            }
            while (bytes.hasRemaining()) {
                place += file.write(bytes, place);
            }
        } catch (IOException e) {
            throw new Cloning.TargetException(e);
        }
    }

    /** Whether all of it is of one moment; if not, so much is written to the disk that it couldn't be had. */
    boolean settled() {
        return settled;
    }

    /** Whether any of these bytes are kept. */
    boolean has(long at, int bytes) {
        var last = kept.lowerEntry(at + bytes);
        return last != null && last.getValue().to > at;
    }

    @Override
    public long length() {
        return disk.length();
    }

    @Override
    public ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long next = at; next < at + bytes; next = at + all.position()) {
            var last = kept.floorEntry(next);
            if (last != null && last.getValue().to > next) {
                take(last.getValue(), next, all.slice(all.position(),
                        (int) (Math.min(at + bytes, last.getValue().to) - next)));
                all.position((int) (Math.min(at + bytes, last.getValue().to) - at));
            } else {
                Long following = kept.higherKey(next);
                all.put(disk.read(next,
                        (int) (Math.min(at + bytes, following == null ? at + bytes : following) - next)));
            }
        }
        return all.flip();
    }

    private void take(Kept one, long from, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (file.read(into, one.place + from - one.from + into.position()) < 0) {
                throw new IOException("what was kept of it is gone");
            }
        }
    }

    /**
     * Reads parts of a piece, of which only what isn't kept comes from the disk.
     *
     * @param sectors which ones, counted from its beginning; the others become anything
     */
    void fill(long at, byte[] into, int length, BitSet sectors) throws IOException {
        var fresh = (BitSet) sectors.clone();
        var old = new ArrayList<Kept>();
        var first = kept.floorEntry(at);
        for (Kept one : kept.subMap(first == null ? at : first.getKey(), true, at + length, false).values()) {
            if (one.to > at) {
                old.add(one);
                fresh.clear((int) (Math.max(one.from - at, 0) / UsedBlocks.SECTOR),
                        (int) (Math.min(one.to - at, length) / UsedBlocks.SECTOR));
            }
        }
        if (!fresh.isEmpty()) {
            disk.fill(at, into, length, Original.units(fresh));
        }
        for (Kept one : old) {
            long from = Math.max(at, one.from);
            take(one, from, ByteBuffer.wrap(into, (int) (from - at), (int) (Math.min(one.to, at + length) - from))
                    .slice());
        }
    }
}
