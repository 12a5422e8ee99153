package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the journal of an ext file system holds, and isn't in its place yet (Linux kernel documentation, "ext4 Data Structures and
 * Algorithms", "Journal (jbd2)"): the blocks of all transactions that came to their end. Nothing is written.
 */
final class Journal {
    static final Journal EMPTY = new Journal(Map.of(), Map.of());

    /**
     * Where the newer content of a block is.
     *
     * @param escaped whether it begins like a block of the journal's own, and is marked so as not to be taken for one
     */
    private record Place(long block, boolean escaped) {}

    private static final int MAGIC = 0xc03b3998;
    private static final int DESCRIPTOR = 1;
    private static final int COMMIT = 2;
    private static final int REVOKE = 5;
    private static final int WIDE = 0x2;
    private static final int SUMS_2 = 0x8;
    private static final int SUMS_3 = 0x10;
    private static final int FAST = 0x20;
    private static final int ESCAPED = 1;
    private static final int SAME_UUID = 2;
    private static final int LAST = 8;

    private final Map<Long, Place> blocks;
    private final Map<Long, List<Place>> all;

    private Journal(Map<Long, Place> blocks, Map<Long, List<Place>> all) {
        this.blocks = blocks;
        this.all = all;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    boolean has(long block) {
        return blocks.containsKey(block);
    }

    /** A file system as it will be once the journal is gone through. */
    Bytes over(Bytes bytes, int blockBytes) {
        return new Bytes() {
            @Override
            public long length() {
                return bytes.length();
            }

            @Override
            public ByteBuffer read(long at, int count) throws IOException {
                ByteBuffer read = bytes.read(at, count);
                for (long block = at / blockBytes; count > 0 && block <= (at + count - 1) / blockBytes; block++) {
                    Place newer = blocks.get(block);
                    if (newer != null) {
                        ByteBuffer content = content(bytes, newer, blockBytes);
                        long from = Math.max(at, block * blockBytes);
                        long to = Math.min(at + count, (block + 1) * blockBytes);
                        read.put((int) (from - at), content, (int) (from - block * blockBytes), (int) (to - from));
                    }
                }
                return read;
            }
        };
    }

    private static ByteBuffer content(Bytes bytes, Place place, int blockBytes) throws IOException {
        ByteBuffer content = bytes.read(place.block() * blockBytes, blockBytes);
        if (place.escaped()) {
            content.order(ByteOrder.BIG_ENDIAN).putInt(0, MAGIC);
        }
        return content.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All contents that its transactions gave a block, one after another. */
    List<ByteBuffer> contents(Bytes bytes, long block, int blockBytes) throws IOException {
        var contents = new ArrayList<ByteBuffer>();
        for (Place place : all.getOrDefault(block, List.of())) {
            contents.add(content(bytes, place, blockBytes));
        }
        return contents;
    }

    static Journal of(Ext4 system) throws IOException {
        return new Reader(system, places(system)).committed();
    }

    /** A file system as it will be once its journal is gone through, if that can be read. */
    static Ext4 replayed(Ext4 system) throws IOException {
        if (!system.needsRecovery()) {
            return system;
        }
        try {
            return Ext4.of(of(system).over(system.bytes(), system.blockBytes())).orElse(system);
        } catch (UnreadableJournalException _) {
            return system;
        }
    }

    /** Where those of its blocks are that hold whole transactions which aren't in their places yet, as far as it can be read. */
    static long[] log(Ext4 system) throws IOException {
        if (!system.needsRecovery()) {
            return new long[0];
        }
        try {
            var reader = new Reader(system, places(system));
            reader.committed();
            return reader.log();
        } catch (UnreadableJournalException _) {
            return new long[0];
        }
    }

    /** Where its blocks are in the file system; none where it is on a disk of its own. */
    static long[] places(Ext4 system) throws IOException {
        long number = Integer.toUnsignedLong(system.superblock().getInt(224));
        if (number == 0) {
            return new long[0];
        }
        ByteBuffer inode = system.inode(number);
        long bytes = Integer.toUnsignedLong(inode.getInt(4)) | Integer.toUnsignedLong(inode.getInt(108)) << 32;
        return FileBlocks.of(system, inode, (bytes + system.blockBytes() - 1) / system.blockBytes());
    }

    /** Goes through its transactions, one after another, in a ring. */
    private static final class Reader {
        private final Ext4 system;
        private final long[] places;
        private final int first;
        private final int end;
        private final int start;
        private final int sequence;
        private final int features;
        private int over;

        Reader(Ext4 system, long[] places) throws IOException {
            this.system = system;
            this.places = places;
            ByteBuffer about = places.length == 0 ? ByteBuffer.allocate(1024) : block(0);
            int kind = about.getInt(4);
            first = about.getInt(20);
            end = about.getInt(16);
            sequence = about.getInt(24);
            start = about.getInt(28);
            features = kind == 4 ? about.getInt(40) : 0;
            if (about.getInt(0) != MAGIC || (kind != 3 && kind != 4) || about.getInt(12) != system.blockBytes()
                    || first < 1 || end > places.length || first >= end || start < 0 || start >= end) {
                throw UnreadableJournalException.damaged();
            }
            if ((features & FAST) != 0) {
                throw new UnreadableJournalException(
                        "its ext file system wasn't taken out of use, and has fast commits in its journal, "
                                + "which Bramble can't read: start the system that it is of once, or run e2fsck on the image");
            }
        }

        private ByteBuffer block(int index) throws IOException {
            return system.block(places[index]).order(ByteOrder.BIG_ENDIAN);
        }

        private int next(int index) {
            return index + 1 >= end ? first : index + 1;
        }

        /** A block that a transaction has, and its number in the file system. */
        private record Logged(long block, Place place, int transaction) {}

        Journal committed() throws IOException {
            var all = new ArrayList<Logged>();
            var revoked = new HashMap<Long, Integer>(); // up to which transaction a block doesn't count
            var own = new ArrayList<Logged>();
            var ownRevoked = new ArrayList<Long>();
            int transaction = sequence;
            int at = start;
            over = start;
            for (int seen = 0; start != 0 && seen < end; seen++) {
                ByteBuffer block = block(at);
                if (block.getInt(0) != MAGIC || block.getInt(8) != transaction) {
                    break;
                }
                at = next(at);
                switch (block.getInt(4)) {
                    case DESCRIPTOR -> {
                        int before = own.size();
                        at = described(block, at, transaction, own);
                        seen += own.size() - before;
                    }
                    case REVOKE -> revoked(block, ownRevoked);
                    case COMMIT -> {
                        all.addAll(own);
                        for (long one : ownRevoked) {
                            revoked.put(one, transaction);
                        }
                        own.clear();
                        ownRevoked.clear();
                        transaction++;
                        over = at;
                    }
                    default -> throw UnreadableJournalException.damaged();
                }
            }
            var blocks = new HashMap<Long, Place>();
            var every = new HashMap<Long, List<Place>>();
            for (Logged one : all) {
                every.computeIfAbsent(one.block(), _ -> new ArrayList<>()).add(one.place());
                Integer until = revoked.get(one.block());
                if (until == null || one.transaction() - until > 0) {
                    blocks.put(one.block(), one.place());
                }
            }
            return new Journal(blocks, every);
        }

        /** Where the blocks are that were gone through, up to the end of the last transaction. */
        long[] log() {
            return IntStream.iterate(start, at -> at != over, this::next).mapToLong(at -> places[at]).toArray();
        }

        /** The blocks that a descriptor tells of, which follow it. */
        private int described(ByteBuffer block, int from, int transaction, List<Logged> into) throws IOException {
            boolean third = (features & SUMS_3) != 0;
            boolean wide = (features & WIDE) != 0;
            int tag = third ? 16 : (wide ? 12 : 8) + ((features & SUMS_2) != 0 ? 2 : 0);
            int end = system.blockBytes() - ((features & (SUMS_2 | SUMS_3)) != 0 ? 4 : 0);
            int at = from;
            for (int tagAt = 12; tagAt + tag <= end;) {
                int flags = third ? block.getInt(tagAt + 4) : block.getShort(tagAt + 6) & 0xffff;
                long high = third ? block.getInt(tagAt + 8) : wide ? block.getInt(tagAt + 8) : 0;
                long number = Integer.toUnsignedLong(block.getInt(tagAt)) | high << 32;
                into.add(new Logged(number, new Place(places[at], (flags & ESCAPED) != 0), transaction));
                at = next(at);
                tagAt += tag + ((flags & SAME_UUID) != 0 ? 0 : 16);
                if ((flags & LAST) != 0) {
                    break;
                }
            }
            return at;
        }

        private void revoked(ByteBuffer block, List<Long> into) {
            boolean wide = (features & WIDE) != 0;
            int end = Math.min(block.getInt(12), system.blockBytes());
            for (int at = 16; at + (wide ? 8 : 4) <= end; at += wide ? 8 : 4) {
                into.add(wide ? block.getLong(at) : Integer.toUnsignedLong(block.getInt(at)));
            }
        }
    }
}
