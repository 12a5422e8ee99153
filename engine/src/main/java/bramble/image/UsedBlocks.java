package bramble.image;

import bramble.image.PartitionTable.Partition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What of a disk is in use: its beginning, and of its partitions what their file systems say. */
public final class UsedBlocks {
    /** What it is counted by. */
    static final int SECTOR = 512;

    /** What some systems write at the end of a partition, behind its file system. */
    private static final int BEHIND = 128 << 10;

    private static final int SWAP_HEADER = 64 << 10;

    private final long end;
    private final List<Taken> taken;
    private final List<Range> elsewhere = new ArrayList<>();
    private final NavigableMap<Long, byte[]> replaced;

    /** Bytes of the disk. */
    private record Range(long from, long to) {}

    /** Which places of a partition are in use. */
    @FunctionalInterface
    private interface Places {
        /** Tells all that lie wholly or in part between two places. */
        void within(long from, long to, Used used) throws IOException;
    }

    /** Hears of a place that is in use. */
    @FunctionalInterface
    private interface Used {
        void at(long from, long to);
    }

    /**
     * A partition.
     *
     * @param kind its file system: ext, vfat, swap and so on; empty where it isn't known
     * @param whole whether all of it is taken, because nobody can tell here what of it is in use
     * @param used how many bytes of it are taken
     * @param recovery whether its journal has what isn't in its place yet
     */
    public record Part(int number, long start, long length, String kind, boolean whole, long used,
            boolean recovery) {}

    /** What is taken of a partition. */
    private record Taken(Part part, Places places) {}

    private UsedBlocks(long end, List<Taken> taken, NavigableMap<Long, byte[]> replaced) {
        this.end = end;
        this.taken = taken;
        this.replaced = replaced;
        long at = 0;
        for (Part part : parts().stream().sorted(Comparator.comparingLong(Part::start)).toList()) {
            if (at < part.start) {
                elsewhere.add(new Range(at, part.start));
            }
            at = Math.max(at, part.start + part.length);
        }
        if (at < end) {
            elsewhere.add(new Range(at, end));
        }
    }

    /**
     * Finds out.
     *
     * @throws IOException if there are no partitions, or if they reach beyond the disk's end
     */
    public static UsedBlocks of(Bytes disk) throws IOException {
        PartitionTable table = PartitionTable.of(disk)
                .orElseThrow(() -> new IOException("there is no partition table on it"));
        if (table.partitions().isEmpty()) {
            throw new IOException("its partition table has no partition");
        }
        long end = table.partitions().stream().mapToLong(one -> one.start() + one.length()).max().orElseThrow();
        if (end > disk.length()) {
            throw tooLong(end, disk);
        }
        var taken = new ArrayList<Taken>();
        for (Partition one : table.partitions()) {
            boolean container = !table.gpt() && List.of(0x05, 0x0f, 0x85).contains(one.type());
            if (one.length() > 0 && !container) {
                taken.add(taken(one, disk.slice(one.start(), one.length())));
            }
        }
        NavigableMap<Long, byte[]> replaced = new TreeMap<>();
        if (table.gpt()) {
            GuidTable again = GuidTable.of(disk);
            end += (long) again.copySectors() * SECTOR;
            again.fit(end / SECTOR);
            again.write(disk, replaced::put);
        }
        if (end > disk.length()) {
            throw tooLong(end, disk);
        }
        return new UsedBlocks(end, List.copyOf(taken), replaced);
    }

    private static IOException tooLong(long end, Bytes disk) {
        return new IOException("its partitions are said to end at " + Amount.of(end) + ", but it has only "
                + Amount.of(disk.length()));
    }

    private static Taken taken(Partition one, Bytes region) throws IOException {
        String kind = SystemKind.of(region.read(0, (int) Math.min(region.length(), SystemKind.ENOUGH)));
        Places all = (from, to, used) -> used.at(from, to);
        try {
            switch (kind) {
                case "ext" -> {
                    Optional<Ext4> found = Ext4.of(region);
                    if (found.isPresent()) {
                        return ext(one, found.get());
                    }
                }
                case "vfat" -> {
                    Optional<FatUsage> found = FatUsage.of(region);
                    if (found.isPresent()) {
                        return fat(one, found.get());
                    }
                }
                case "swap" -> {
                    long header = Math.min(SWAP_HEADER, one.length());
                    return new Taken(new Part(one.number(), one.start(), one.length(), kind, false, header, false),
                            (from, to, used) -> used.at(from, Math.min(to, header)));
                }
                default -> {
                    // taken whole
                }
            }
        } catch (DamagedException _) {
            kind = kind + ", damaged";
        }
        return new Taken(new Part(one.number(), one.start(), one.length(), kind, true, one.length(), false), all);
    }

    private static Taken fat(Partition one, FatUsage fat) {
        long dataAt = fat.layout().dataAt();
        long cluster = fat.layout().clusterBytes();
        Places places = (from, to, used) -> {
            used.at(from, Math.min(to, dataAt));
            long last = Math.min(fat.layout().clusters(), (to - dataAt + cluster - 1) / cluster);
            for (int i = fat.used().nextSetBit((int) Math.max(0, (from - dataAt) / cluster)); i >= 0 && i < last;) {
                int clear = fat.used().nextClearBit(i);
                used.at(dataAt + i * cluster, dataAt + clear * cluster);
                i = fat.used().nextSetBit(clear);
            }
        };
        return new Taken(new Part(one.number(), one.start(), one.length(), "vfat", false,
                dataAt + fat.used().cardinality() * cluster, false),
                withEnd(places, dataAt + fat.layout().clusters() * cluster, one.length()));
    }

    private static Places withEnd(Places places, long systemEnd, long length) {
        return (from, to, used) -> {
            places.within(from, to, used);
            used.at(Math.max(from, Math.max(systemEnd, length - BEHIND)), to);
        };
    }

    private static Taken ext(Partition one, Ext4 system) throws IOException {
        boolean recovery = system.needsRecovery();
        Ext4Usage usage;
        try {
            usage = recovery ? Ext4Usage.unclean(system) : Ext4Usage.clean(system);
        } catch (UnreadableJournalException _) { // what it holds may name any block
            return new Taken(new Part(one.number(), one.start(), one.length(), "ext", true, one.length(), true),
                    (from, to, used) -> used.at(from, to));
        }
        long blocks = 0;
        for (int group = 0; group < system.groups(); group++) {
            blocks += usage.used(group).cardinality();
        }
        var groups = new Groups(system, usage);
        return new Taken(new Part(one.number(), one.start(), one.length(), "ext", false,
                blocks * system.blockBytes(), recovery),
                withEnd(groups, system.blocks() * system.blockBytes(), one.length()));
    }

    /** The groups of an ext file system; a bitmap is read when its group is reached. */
    private static final class Groups implements Places {
        private final Ext4 system;
        private final Ext4Usage usage;
        private int known = -1;
        private BitSet used = new BitSet();

        Groups(Ext4 system, Ext4Usage usage) {
            this.system = system;
            this.usage = usage;
        }

        @Override
        public void within(long from, long to, Used told) throws IOException {
            long block = system.blockBytes();
            told.at(from, Math.min(to, system.firstDataBlock() * block));
            long begin = Math.max(0, from / block - system.firstDataBlock());
            for (int group = (int) (begin / system.blocksPerGroup()); group < system.groups(); group++) {
                long first = system.firstBlock(group);
                if (first * block >= to) {
                    return;
                }
                if (known != group) {
                    used = usage.used(group);
                    known = group;
                }
                for (int i = used.nextSetBit((int) Math.max(0, from / block - first)); i >= 0;) {
                    int clear = used.nextClearBit(i);
                    if ((first + i) * block >= to) {
                        break;
                    }
                    told.at((first + i) * block, (first + clear) * block);
                    i = used.nextSetBit(clear);
                }
            }
        }
    }

    /** How many bytes an image has: it ends with the last partition, or the copy of the table behind it. */
    public long end() {
        return end;
    }

    /** In the order of their numbers. */
    public List<Part> parts() {
        return taken.stream().map(Taken::part).toList();
    }

    /** How many bytes are taken. */
    public long used() {
        return parts().stream().mapToLong(Part::used).sum()
                + elsewhere.stream().mapToLong(range -> range.to - range.from).sum();
    }

    /** What stands in the image instead of what is on the disk, by its place. */
    NavigableMap<Long, byte[]> replaced() {
        return replaced;
    }

    /** Which sectors of a piece are in use, counted from its beginning. */
    BitSet within(long at, int length) throws IOException {
        var sectors = new BitSet(length / SECTOR);
        Used mark = (from, to) -> {
            long begin = Math.max(from, at);
            long last = Math.min(to, at + length);
            if (begin < last) {
                sectors.set((int) ((begin - at) / SECTOR), (int) ((last - at + SECTOR - 1) / SECTOR));
            }
        };
        elsewhere.forEach(range -> mark.at(range.from, range.to));
        for (Taken one : taken) {
            Part part = one.part;
            long from = Math.max(at, part.start);
            long to = Math.min(at + length, part.start + part.length);
            if (from < to) {
                one.places.within(from - part.start, to - part.start,
                        (begin, last) -> mark.at(part.start + begin, part.start + Math.min(last, part.length)));
            }
        }
        return sectors;
    }
}
