package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The layout of an ext2, ext3 or ext4 file system (Linux kernel documentation, "ext4 Data Structures and Algorithms"): its superblock,
 * its groups of blocks, which blocks are in use, and its inodes as they stand there.
 */
public final class Ext4 {
    /** Where the superblock is. */
    public static final int SUPERBLOCK = 1024;

    private static final int SUPERBLOCK_BYTES = 1024;
    private static final int MAGIC = 0xef53;

    /** The bits of its three words of features, as far as they matter here. */
    public static final class Feature {
        public static final int COMPAT_HAS_JOURNAL = 0x4;
        public static final int COMPAT_RESIZE_INODE = 0x10;
        public static final int COMPAT_SPARSE_SUPER2 = 0x200;
        public static final int INCOMPAT_FILETYPE = 0x2;
        public static final int INCOMPAT_RECOVER = 0x4;
        public static final int INCOMPAT_JOURNAL_DEV = 0x8;
        public static final int INCOMPAT_META_BG = 0x10;
        public static final int INCOMPAT_EXTENTS = 0x40;
        public static final int INCOMPAT_64BIT = 0x80;
        public static final int INCOMPAT_FLEX_BG = 0x200;
        public static final int INCOMPAT_CSUM_SEED = 0x2000;
        public static final int INCOMPAT_INLINE_DATA = 0x8000;
        public static final int INCOMPAT_ENCRYPT = 0x10000;
        public static final int RO_COMPAT_SPARSE_SUPER = 0x1;
        public static final int RO_COMPAT_GDT_CSUM = 0x10;
        public static final int RO_COMPAT_BIGALLOC = 0x200;
        public static final int RO_COMPAT_METADATA_CSUM = 0x400;

        private Feature() {}
    }

    private final Bytes bytes;
    private final ByteBuffer superblock;
    private final int blockBytes;
    private final long blocks;
    private final long firstDataBlock;
    private final long blocksPerGroup;
    private final long inodesPerGroup;
    private final int inodeBytes;
    private final int descriptorBytes;
    private final int descriptorsPerBlock;
    private final int groups;

    private Ext4(Bytes bytes, ByteBuffer superblock) throws IOException {
        this.bytes = bytes;
        this.superblock = superblock;
        int shift = superblock.getInt(24);
        blockBytes = shift >= 0 && shift <= 6 ? 1024 << shift : 0;
        long high = wide() ? (superblock.getInt(0x150) & 0xffffffffL) << 32 : 0;
        blocks = high | (superblock.getInt(4) & 0xffffffffL);
        firstDataBlock = superblock.getInt(20) & 0xffffffffL;
        blocksPerGroup = superblock.getInt(32) & 0xffffffffL;
        inodesPerGroup = superblock.getInt(40) & 0xffffffffL;
        int revision = superblock.getInt(76);
        inodeBytes = revision == 0 ? 128 : superblock.getShort(88) & 0xffff;
        int said = superblock.getShort(0xfe) & 0xffff;
        descriptorBytes = wide() && said >= 64 ? said : 32;
        boolean plausible = blockBytes > 0 && blocks > 0 && firstDataBlock < blocks
                && blocks <= Long.MAX_VALUE / blockBytes
                && blocksPerGroup > 0 && blocksPerGroup <= 8L * blockBytes * clusterBlocks()
                && inodesPerGroup > 0 && inodesPerGroup <= 8L * blockBytes
                && inodeBytes >= 128 && inodeBytes <= blockBytes && Integer.bitCount(inodeBytes) == 1
                && descriptorBytes <= blockBytes
                && (blocks - firstDataBlock + blocksPerGroup - 1) / blocksPerGroup <= 1 << 28;
        if (!plausible) {
            throw new DamagedException("its ext file system is damaged: its superblock says what can't be");
        }
        if (blocks * blockBytes > bytes.length()) {
            throw new IOException(
                    "its ext file system is said to have " + Amount.of(blocks * blockBytes) + ", but only "
                            + Amount.of(bytes.length()) + " are there");
        }
        descriptorsPerBlock = blockBytes / descriptorBytes;
        groups = (int) ((blocks - firstDataBlock + blocksPerGroup - 1) / blocksPerGroup);
    }

    /** Whether bytes begin with the superblock of one. */
    public static boolean in(Bytes bytes) throws IOException {
        return bytes.length() >= SUPERBLOCK + SUPERBLOCK_BYTES
                && (bytes.read((long) SUPERBLOCK + 56, 2).getShort(0) & 0xffff) == MAGIC;
    }

    /**
     * Reads one; empty if there is none, or if it is but the journal of another one.
     *
     * @throws IOException if it is damaged
     */
    public static Optional<Ext4> of(Bytes bytes) throws IOException {
        if (!in(bytes)) {
            return Optional.empty();
        }
        var found = new Ext4(bytes, bytes.read(SUPERBLOCK, SUPERBLOCK_BYTES));
        return found.incompatible(Feature.INCOMPAT_JOURNAL_DEV) ? Optional.empty() : Optional.of(found);
    }

    /** Where it is. */
    public Bytes bytes() {
        return bytes;
    }

    /** Its superblock, of 1024 bytes, in little-endian order. */
    public ByteBuffer superblock() {
        return superblock.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    public boolean compatible(int feature) {
        return (superblock.getInt(92) & feature) != 0;
    }

    public boolean incompatible(int feature) {
        return (superblock.getInt(96) & feature) != 0;
    }

    public boolean readOnlyCompatible(int feature) {
        return (superblock.getInt(100) & feature) != 0;
    }

    private boolean wide() {
        return incompatible(Feature.INCOMPAT_64BIT);
    }

    /** Whether its journal has what isn't in its place yet: it is in use, or was when the power failed. */
    public boolean needsRecovery() {
        return incompatible(Feature.INCOMPAT_RECOVER);
    }

    public int blockBytes() {
        return blockBytes;
    }

    /** How many blocks there are, with those before the first group. */
    public long blocks() {
        return blocks;
    }

    /** The first block of the first group: 1 if blocks have 1024 bytes, else 0. */
    public long firstDataBlock() {
        return firstDataBlock;
    }

    public long blocksPerGroup() {
        return blocksPerGroup;
    }

    public int groups() {
        return groups;
    }

    public long inodesPerGroup() {
        return inodesPerGroup;
    }

    public int inodeBytes() {
        return inodeBytes;
    }

    /** How many blocks a bit of the bitmaps stands for: 1, unless the file system has bigalloc. */
    public int clusterBlocks() {
        int more = superblock.getInt(28) - superblock.getInt(24);
        return readOnlyCompatible(Feature.RO_COMPAT_BIGALLOC) && more > 0 && more < 20 ? 1 << more : 1;
    }

    public UUID uuid() {
        ByteBuffer big = superblock.duplicate().order(ByteOrder.BIG_ENDIAN);
        return new UUID(big.getLong(104), big.getLong(112));
    }

    /** What the checksums of its metadata begin with. */
    public int checksumSeed() {
        if (incompatible(Feature.INCOMPAT_CSUM_SEED)) {
            return superblock.getInt(0x270);
        }
        byte[] uuid = new byte[16];
        superblock.get(104, uuid);
        return crc32c(~0, uuid);
    }

    /** The checksum of metadata, going on from another one; it isn't inverted in the end. */
    static int crc32c(int from, byte[] bytes) {
        int crc = from;
        for (byte one : bytes) {
            crc ^= one & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
            }
        }
        return crc;
    }

    /**
     * Where the parts of a group are.
     *
     * @param blockBitmap the number of its block
     * @param inodeBitmap the number of its block
     * @param inodeTable the number of its first block
     * @param flags 1: its bitmap and table of inodes aren't initialised, 2: its bitmap of blocks isn't
     * @param unusedInodes how many inodes at the end of its table never were in use, as far as that is known
     */
    public record Group(int number, long blockBitmap, long inodeBitmap, long inodeTable, int flags,
            long unusedInodes) {
        private static final int BLOCK_UNINIT = 2;
    }

    /** The descriptor of a group. */
    public Group group(int number) throws IOException {
        if (number < 0 || number >= groups) {
            throw new IOException("its ext file system has no group " + number);
        }
        int index = number / descriptorsPerBlock;
        ByteBuffer descriptor = bytes.read(
                descriptorBlock(index) * blockBytes + (long) (number % descriptorsPerBlock) * descriptorBytes,
                descriptorBytes);
        return group(number, descriptor, 0);
    }

    private Group group(int number, ByteBuffer block, int at) throws IOException {
        boolean more = descriptorBytes >= 64;
        var group = new Group(number, number(block, at, more ? at + 32 : -1),
                number(block, at + 4, more ? at + 36 : -1),
                number(block, at + 8, more ? at + 40 : -1), checksummed() ? block.getShort(at + 18) & 0xffff : 0,
                checksummed()
                        ? (block.getShort(at + 28) & 0xffffL) | (more ? (block.getShort(at + 50) & 0xffffL) << 16 : 0)
                        : 0);
        if (group.blockBitmap >= blocks || group.inodeBitmap >= blocks || group.inodeTable > blocks - tableBlocks()) {
            throw new DamagedException("its ext file system is damaged: group " + number + " is outside of it");
        }
        return group;
    }

    private static long number(ByteBuffer block, int low, int high) {
        return (block.getInt(low) & 0xffffffffL) | (high < 0 ? 0 : (block.getInt(high) & 0xffffffffL) << 32);
    }

    /** Whether the flags of groups mean something. */
    private boolean checksummed() {
        return readOnlyCompatible(Feature.RO_COMPAT_GDT_CSUM | Feature.RO_COMPAT_METADATA_CSUM);
    }

    /** How many blocks a group's table of inodes has. */
    public long tableBlocks() {
        return (inodesPerGroup * inodeBytes + blockBytes - 1) / blockBytes;
    }

    private int descriptorBlocks() {
        return (groups + descriptorsPerBlock - 1) / descriptorsPerBlock;
    }

    private long firstMetaBlock() {
        return incompatible(Feature.INCOMPAT_META_BG) ? superblock.getInt(0x104) & 0xffffffffL : descriptorBlocks();
    }

    /** Where one of the blocks of descriptors is. */
    private long descriptorBlock(int index) {
        if (index < firstMetaBlock()) {
            return SUPERBLOCK / blockBytes + 1L + index;
        }
        int group = index * descriptorsPerBlock;
        return firstBlock(group) + (copied(group) ? 1 : 0)
                + (group == 0 && firstDataBlock == 0 && blockBytes == SUPERBLOCK ? 1 : 0);
    }

    /** The blocks of descriptors. */
    long[] descriptors() {
        return IntStream.range(0, descriptorBlocks()).mapToLong(this::descriptorBlock).toArray();
    }

    /** The first block of a group. */
    public long firstBlock(int group) {
        return firstDataBlock + group * blocksPerGroup;
    }

    /** How many blocks a group has; the last one may have fewer than others. */
    public int blocksOf(int group) {
        return (int) Math.min(blocksPerGroup, blocks - firstBlock(group));
    }

    /** Whether a group begins with a copy of the superblock. */
    public boolean copied(int group) {
        if (group == 0) {
            return true;
        }
        if (compatible(Feature.COMPAT_SPARSE_SUPER2)) {
            return group == superblock.getInt(0x24c) || group == superblock.getInt(0x250);
        }
        return !readOnlyCompatible(Feature.RO_COMPAT_SPARSE_SUPER) || group == 1 || power(group, 3) || power(group, 5)
                || power(group, 7);
    }

    private static boolean power(int number, int of) {
        long one = of;
        while (one < number) {
            one *= of;
        }
        return one == number;
    }

    /** Who is told the number of the first block and how many there are. */
    @FunctionalInterface
    private interface Run {
        void of(long first, long count);
    }

    /** What is always in use at the beginning of a group: copies of the superblock and of the descriptors. */
    private void beginning(int group, Run run) {
        long first = firstBlock(group);
        boolean copy = copied(group);
        if (copy) {
            long old = firstMetaBlock();
            long reserved = compatible(Feature.COMPAT_RESIZE_INODE) ? superblock.getShort(0xce) & 0xffff : 0;
            long extra = group == 0 && firstDataBlock == 0 && blockBytes == SUPERBLOCK ? 1 : 0;
            run.of(first, 1 + extra + old + reserved);
        }
        int index = group / descriptorsPerBlock;
        if (index >= firstMetaBlock()) {
            int within = group % descriptorsPerBlock;
            if (within == 0) {
                run.of(descriptorBlock(index), 1);
            } else if (within == 1 || within == descriptorsPerBlock - 1) {
                run.of(first + (copy ? 1 : 0), 1);
            }
        }
    }

    /** What of it is in use, as it is when it is asked. */
    public Usage usage() throws IOException {
        var all = new Group[groups];
        for (int index = 0; index < descriptorBlocks(); index++) {
            ByteBuffer block = bytes.read(descriptorBlock(index) * blockBytes, blockBytes);
            for (int i = 0; i < descriptorsPerBlock && index * descriptorsPerBlock + i < groups; i++) {
                int number = index * descriptorsPerBlock + i;
                all[number] = group(number, block, i * descriptorBytes);
            }
        }
        return new Usage(this, all);
    }

    /** Which blocks are in use. */
    public static final class Usage {
        private final Ext4 of;
        private final Group[] groups;
        private final TreeMap<Long, Long> fixed = new TreeMap<>(); // bitmaps and tables: first block, count

        private Usage(Ext4 of, Group[] groups) {
            this.of = of;
            this.groups = groups;
            for (Group group : groups) {
                fixed.merge(group.blockBitmap, 1L, Math::max);
                fixed.merge(group.inodeBitmap, 1L, Math::max);
                fixed.merge(group.inodeTable, of.tableBlocks(), Math::max);
                of.beginning(group.number, (first, count) -> fixed.merge(first, count, Math::max));
            }
        }

        List<Group> groups() {
            return List.of(groups);
        }

        /** A group's blocks that are in use, counted from its first one. Its bitmap is read anew each time. */
        public BitSet used(int group) throws IOException {
            long first = of.firstBlock(group);
            int count = of.blocksOf(group);
            var used = new BitSet(count);
            if (of.clusterBlocks() > 1) {
                used.set(0, count); // taken whole
                return used;
            }
            if ((groups[group].flags & Group.BLOCK_UNINIT) == 0 || !of.checksummed()) {
                ByteBuffer bitmap = of.bytes.read(groups[group].blockBitmap * of.blockBytes, (count + 7) / 8);
                used.or(BitSet.valueOf(bitmap));
                used.clear(count, Math.max(count, used.length()));
            }
            Long before = fixed.floorKey(first);
            for (var one : fixed.tailMap(before == null ? first : before, true).entrySet()) {
                if (one.getKey() >= first + count) {
                    break;
                }
                long from = Math.max(0, one.getKey() - first);
                long to = Math.min(count, one.getKey() + one.getValue() - first);
                if (from < to) {
                    used.set((int) from, (int) to);
                }
            }
            return used;
        }
    }

    /** The bytes of an inode as they stand there; the first one is 1, the root folder 2, the journal mostly 8. */
    public ByteBuffer inode(long number) throws IOException {
        return bytes.read(inodeAt(number), inodeBytes);
    }

    /** Where an inode is, in bytes. */
    public long inodeAt(long number) throws IOException {
        if (number < 1 || number > groups * inodesPerGroup) {
            throw new IOException("its ext file system has no inode " + number);
        }
        long index = number - 1;
        Group group = group((int) (index / inodesPerGroup));
        return group.inodeTable * blockBytes + index % inodesPerGroup * inodeBytes;
    }

    /** A block's bytes. */
    public ByteBuffer block(long number) throws IOException {
        if (number < 0 || number >= blocks) {
            throw new DamagedException("its ext file system is damaged: it has no block " + number);
        }
        return bytes.read(number * blockBytes, blockBytes);
    }
}
