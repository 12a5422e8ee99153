package bramble.run;

import bramble.event.Event;
import bramble.shell.Progress;
import java.time.Instant;

/** Tells how far a host's large contents are on their way: not of each packet, and not of what is small. */
final class Carrying implements Progress {
    private static final long SMALL = 64 * 1024; // bytes
    private static final int STEPS = 1000;

    private final World world;
    private final String host;
    private final Event.Carried.Way way;
    private volatile long before;
    private volatile long whole;
    private long told;

    Carrying(World world, String host, Event.Carried.Way way) {
        this.world = world;
        this.host = host;
        this.way = way;
    }

    /** What is on its way next is a part of something. */
    void within(long done, long all) {
        before = done;
        whole = all;
    }

    @Override
    public void at(long part, long size) {
        long done = before + part;
        long all = whole > 0 ? whole : size;
        long step = Math.max(SMALL, all / STEPS);
        if (done < told) {
            told = 0; // of the next one
        }
        if (done - told >= step || (done == all && done > SMALL)) {
            told = done;
            world.events.tell(new Event.Carried(Instant.now(), host, way, done, all));
        }
    }
}
