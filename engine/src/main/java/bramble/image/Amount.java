package bramble.image;

import java.util.List;
import java.util.Locale;

/** Amounts of bytes and times, as people read them. */
public final class Amount {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");

    private Amount() {}

    /** In thousands, as cards are sold. */
    public static String of(long bytes) {
        return of((double) bytes);
    }

    /** The same of a part, of a rate say. */
    public static String of(double bytes) {
        int unit = 0;
        double left = bytes;
        while (left >= 999.5 && unit < UNITS.size() - 1) {
            left /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || left >= 99.95 ? "%.0f %s" : "%.1f %s", left, UNITS.get(unit));
    }

    /** Seconds, as {@code 12 s} or {@code 3:05 min}. */
    public static String time(double seconds) {
        long whole = Math.round(seconds);
        if (whole >= 3600) {
            return String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
        }
        return whole >= 60 ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60) : whole + " s";
    }
}
