package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which blocks of an ext file system are in use, now or once its journal is gone through. Of one that wasn't unmounted that is what
 * the bitmaps say in their places, and all that its journal has of them: which of it counts in the end is the kernel's to say, and a block more
 * than are in use does no harm.
 */
final class Ext4Usage {
    private final Ext4 system;
    private final List<Ext4.Usage> views;
    private final Journal journal;

    private Ext4Usage(Ext4 system, List<Ext4.Usage> views, Journal journal) {
        this.system = system;
        this.views = views;
        this.journal = journal;
    }

    /** Of one that was unmounted. */
    static Ext4Usage clean(Ext4 system) throws IOException {
        return new Ext4Usage(system, List.of(system.usage()), Journal.EMPTY);
    }

    /**
     * Of one that wasn't.
     *
     * @throws UnreadableJournalException if nobody can tell here what its journal holds
     */
    static Ext4Usage unclean(Ext4 system) throws IOException {
        Journal journal = Journal.of(system);
        Ext4 replayed = Ext4.of(journal.over(system.bytes(), system.blockBytes()))
                .orElseThrow(UnreadableJournalException::damaged);
        if (replayed.blocks() != system.blocks() || replayed.groups() != system.groups()) {
            throw UnreadableJournalException.damaged();
        }
        return new Ext4Usage(system, List.of(system.usage(), replayed.usage()), journal);
    }

    /** A group's blocks that are in use, counted from its first one. Its bitmaps are read anew each time. */
    BitSet used(int group) throws IOException {
        var used = new BitSet();
        var bitmaps = new ArrayList<Long>();
        for (Ext4.Usage view : views) {
            used.or(view.used(group));
            bitmaps.add(view.groups().get(group).blockBitmap());
        }
        if (system.clusterBlocks() == 1) {
            int count = system.blocksOf(group);
            for (long bitmap : bitmaps.stream().distinct().toList()) {
                for (ByteBuffer content : journal.contents(system.bytes(), bitmap, system.blockBytes())) {
                    BitSet then = BitSet.valueOf(content);
                    then.clear(count, Math.max(count, then.length()));
                    used.or(then);
                }
            }
        }
        return used;
    }
}
