package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the blocks of an inode of ext2, ext3 or ext4 are, by its extents or its map of blocks. */
final class FileBlocks {
    private static final int MOST_NODES = 1 << 16;
    private static final int EXTENTS = 0x80000;
    private static final int BLOCKS_AT = 40;
    private static final int BLOCKS_BYTES = 60;

    private final Ext4 system;

    private FileBlocks(Ext4 system) {
        this.system = system;
    }

    /** Where the first blocks of an inode are; 0 for one that isn't there, and reads as zeros. */
    static long[] of(Ext4 system, ByteBuffer inode, long count) throws IOException {
        if (count < 0 || count > 1 << 24) {
            throw new DamagedException("its ext file system is damaged: a file has " + count + " blocks");
        }
        var blocks = new long[(int) count];
        var read = new FileBlocks(system);
        ByteBuffer map = inode.slice(BLOCKS_AT, BLOCKS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if ((inode.getInt(32) & EXTENTS) != 0) {
            read.extents(map, blocks, 5, new int[]{MOST_NODES});
        } else {
            int at = 0;
            for (int i = 0; i < 15; i++) {
                at = read.mapped(Integer.toUnsignedLong(map.getInt(4 * i)), Math.max(0, i - 11), blocks, at);
            }
        }
        return blocks;
    }

    /** @param left how many nodes may be looked at yet: in what is damaged many may lead to the same one */
    private void extents(ByteBuffer node, long[] blocks, int deepest, int[] left) throws IOException {
        int entries = node.getShort(2) & 0xffff;
        int depth = node.getShort(6) & 0xffff;
        if ((node.getShort(0) & 0xffff) != 0xf30a || 12 + 12 * entries > node.limit() || depth > deepest
                || left[0]-- == 0) {
            throw new DamagedException("its ext file system is damaged: a file's extents can't be read");
        }
        for (int at = 12; at < 12 + 12 * entries; at += 12) {
            long logical = Integer.toUnsignedLong(node.getInt(at));
            if (depth > 0) {
                long below = Integer.toUnsignedLong(node.getInt(at + 4)) | (node.getShort(at + 8) & 0xffffL) << 32;
                if (logical < blocks.length) {
                    extents(system.block(below), blocks, depth - 1, left);
                }
                continue;
            }
            int length = node.getShort(at + 4) & 0xffff;
            long first = Integer.toUnsignedLong(node.getInt(at + 8)) | (node.getShort(at + 6) & 0xffffL) << 32;
            for (int i = 0; i < length && length <= 1 << 15 && logical + i < blocks.length; i++) { // longer ones aren't written yet
                blocks[(int) logical + i] = first + i;
            }
        }
    }

    /** An old map of blocks: the last three of its 15 lead to others, over up to three steps. */
    private int mapped(long block, int steps, long[] blocks, int from) throws IOException {
        if (from >= blocks.length) {
            return from;
        }
        if (steps == 0) {
            blocks[from] = block;
            return from + 1;
        }
        int numbers = system.blockBytes() / 4;
        if (block == 0) {
            return (int) Math.min(blocks.length, from + (long) Math.pow(numbers, steps));
        }
        int at = from;
        ByteBuffer map = system.block(block);
        for (int i = 0; i < numbers; i++) {
            at = mapped(Integer.toUnsignedLong(map.getInt(4 * i)), steps - 1, blocks, at);
        }
        return at;
    }
}
