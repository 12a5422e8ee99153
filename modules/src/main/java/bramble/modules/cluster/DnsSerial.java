package bramble.modules.cluster;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** How a zone's serial goes on: secondaries fetch a zone only when it has become greater. */
enum DnsSerial {
    /** The day and two digits, 2020020900; more changes on one day borrow from the next. */
    DATE,
    /** One more each time. */
    COUNTER;

    private static final long ALL = 0xffff_ffffL;
    private static final long HALF = 0x8000_0000L;
    private static final long A_DAY = 100;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * A serial that is greater than the old one.
     *
     * @param least what it is at least, if that is greater
     * @param now in seconds since 1970
     */
    long next(Optional<Long> old, long least, long now) {
        long fresh = switch (this) {
            case DATE -> Long.parseLong(DAY.format(Instant.ofEpochSecond(now))) * A_DAY;
            case COUNTER -> 1;
        };
        if (old.isEmpty()) {
            return Math.max(fresh, least);
        }
        long after = (old.get() + 1 & ALL) == 0 ? 1 : old.get() + 1 & ALL;
        long wanted = this == DATE && greater(fresh, after) ? fresh : after;
        return least > 0 && greater(least, wanted) ? least : wanted;
    }

    /** Whether a secondary would take one for newer than the other: RFC 1982, 3.2. */
    static boolean greater(long one, long other) {
        long ahead = one - other & ALL;
        return ahead != 0 && ahead < HALF;
    }
}
