package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the blocks of an inode of ext2, ext3 or ext4 are, by its extents or its map of blocks. */
final class FileBlocks {
    /** The flag of an inode that has extents. */
    static final int EXTENTS = 0x80000;

    /** Where an inode has its extents or its map; what is short enough, a link say, stands there itself. */
    static final int AT = 40;

    static final int BYTES = 60;
    private static final int MOST_NODES = 1 << 16;

    private final Ext4 system;
    private final long end;
    private final Run run;
    private int left = MOST_NODES; // in what is damaged many may lead to the same one

    /** Hears of blocks that follow one another. */
    @FunctionalInterface
    interface Run {
        /**
         * Tells of them.
         *
         * @param logical where in the file the first one is; less than 0 for blocks that tell where others are
         */
        void at(long logical, long first, long count) throws IOException;
    }

    private FileBlocks(Ext4 system, long end, Run run) {
        this.system = system;
        this.end = end;
        this.run = run;
    }

    /** Where the first blocks of an inode are; 0 for one that isn't there, and reads as zeros. */
    static long[] of(Ext4 system, ByteBuffer inode, long count) throws IOException {
        if (count < 0 || count > 1 << 24) {
            throw new DamagedException("its ext file system is damaged: a file has " + count + " blocks");
        }
        var blocks = new long[(int) count];
        new FileBlocks(system, count, (logical, first, some) -> {
            for (int i = 0; logical >= 0 && i < some && logical + i < count; i++) {
                blocks[(int) logical + i] = first + i;
            }
        }).visit(inode);
        return blocks;
    }

    /** Tells of all blocks of an inode that have something written in them. */
    static void all(Ext4 system, ByteBuffer inode, Run run) throws IOException {
        new FileBlocks(system, Long.MAX_VALUE, run).visit(inode);
    }

    private void visit(ByteBuffer inode) throws IOException {
        ByteBuffer map = inode.slice(AT, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if ((inode.getInt(32) & EXTENTS) != 0) {
            extents(map, 5);
            return;
        }
        long at = 0;
        for (int i = 0; i < 15; i++) {
            at = mapped(Integer.toUnsignedLong(map.getInt(4 * i)), Math.max(0, i - 11), at);
        }
    }

    private ByteBuffer node(long block) throws IOException {
        if (left-- == 0) {
            throw unreadable();
        }
        ByteBuffer node = system.block(block);
        run.at(-1, block, 1);
        return node;
    }

    private static DamagedException unreadable() {
        return new DamagedException("its ext file system is damaged: where a file's blocks are can't be read");
    }

    private void extents(ByteBuffer node, int deepest) throws IOException {
        int entries = node.getShort(2) & 0xffff;
        int depth = node.getShort(6) & 0xffff;
        if ((node.getShort(0) & 0xffff) != 0xf30a || 12 + 12 * entries > node.limit() || depth > deepest) {
            throw unreadable();
        }
        for (int at = 12; at < 12 + 12 * entries; at += 12) {
            long logical = Integer.toUnsignedLong(node.getInt(at));
            if (depth > 0) {
                long below = Integer.toUnsignedLong(node.getInt(at + 4)) | (node.getShort(at + 8) & 0xffffL) << 32;
                if (logical < end) {
                    extents(node(below), depth - 1);
                }
                continue;
            }
            int length = node.getShort(at + 4) & 0xffff;
            long first = Integer.toUnsignedLong(node.getInt(at + 8)) | (node.getShort(at + 6) & 0xffffL) << 32;
            if (length <= 1 << 15) { // longer ones aren't written yet
                run.at(logical, first, length);
            }
        }
    }

    /** An old map of blocks: the last three of its 15 lead to others, over up to three steps. */
    private long mapped(long block, int steps, long from) throws IOException {
        if (from >= end) {
            return from;
        }
        if (steps == 0) {
            if (block != 0) {
                run.at(from, block, 1);
            }
            return from + 1;
        }
        int numbers = system.blockBytes() / 4;
        if (block == 0) {
            return from + (long) Math.pow(numbers, steps);
        }
        long at = from;
        ByteBuffer map = node(block);
        for (int i = 0; i < numbers; i++) {
            at = mapped(Integer.toUnsignedLong(map.getInt(4 * i)), steps - 1, at);
        }
        return at;
    }
}
