package bramble.cli;

import bramble.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How far large files are on their way, of those that take a while; it goes by the events alone. */
final class Transfers {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private final Map<String, Transfer> going = new HashMap<>();

    /** @param told when a line was spent on it */
    private record Transfer(Event.Carried first, Event.Carried last, Instant told) {
        boolean whole() {
            return last.done() == last.all();
        }

        Duration time(Instant now) {
            return Duration.between(first.at(), whole() ? last.at() : now);
        }

        /** Whether it is the same one, further on. */
        boolean goesOn(Event.Carried now) {
            return last.way() == now.way() && last.all() == now.all() && last.done() < now.done();
        }

        String words(Instant now) {
            String share = last.all() > 0 && !whole()
                    ? last.done() * 100 / last.all() + "% of " + size((double) last.all())
                    : size((double) last.done());
            double seconds = Math.max(1, time(now).toMillis()) / 1000.0;
            return share + " " + last.way().name().toLowerCase(Locale.ROOT) + ", "
                    + size((last.done() - first.done()) / seconds) + "/s";
        }
    }

    void accept(Event.Carried now) {
        Transfer known = going.get(now.host());
        going.put(now.host(), known != null && known.goesOn(now)
                ? new Transfer(known.first, now, known.told)
                : new Transfer(now, now, now.at().plus(LONG).minus(PAUSE)));
    }

    /** The host is at something else. */
    void over(String host) {
        going.remove(host);
    }

    /** Where the host is now, for lines that are drawn anew. */
    Optional<String> now(String host, Instant now) {
        return Optional.ofNullable(going.get(host)).filter(transfer -> transfer.time(now).compareTo(SHORT) >= 0)
                .map(transfer -> transfer.words(now));
    }

    /** The same for lines that stay, which are few. */
    Optional<String> line(Event.Carried now) {
        accept(now);
        Transfer transfer = going.get(now.host());
        if (transfer == null || now.at().isBefore(transfer.told.plus(PAUSE))) {
            return Optional.empty();
        }
        going.put(now.host(), new Transfer(transfer.first, now, now.at()));
        return Optional.of(now.host() + ": " + transfer.words(now.at()));
    }

    private static String size(double bytes) {
        double size = bytes / 1024;
        int unit = 0;
        while (size >= 1000 && unit < UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }
}
