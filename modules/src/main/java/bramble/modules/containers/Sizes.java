package bramble.modules.containers;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory and of time as Docker's users write them. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([bkmgtpBKMGTP]?)(?:i?[bB])?");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|us|m|s)");
    private static final long SECOND = 1_000_000_000L;

    private Sizes() {}

    /**
     * {@code 512M} in bytes; {@code unlimited} and -1 are -1.
     *
     * @throws IllegalArgumentException with a sentence, if it is none
     */
    static long bytes(String text) {
        if (text.equals("unlimited") || text.equals("-1")) {
            return -1;
        }
        Matcher parts = SIZE.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("Tried to read the size " + text
                    + ", but it isn't a number with B, K, M, G, T or P after it.");
        }
        int power = Math.max("bkmgtp".indexOf(parts.group(2).toLowerCase(java.util.Locale.ROOT)), 0);
        return new BigDecimal(parts.group(1))
                .multiply(BigDecimal.valueOf(1L << (10 * (parts.group(2).isEmpty() ? 0 : power))))
                .longValue();
    }

    /**
     * {@code 1m30s} in nanoseconds; a number alone is of seconds.
     *
     * @throws IllegalArgumentException with a sentence, if it is none
     */
    static long nanoseconds(String text) {
        if (text.matches("[0-9]+")) {
            return Long.parseLong(text) * SECOND;
        }
        Matcher parts = PART.matcher(text);
        long sum = 0;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            long unit = switch (parts.group(2)) {
                case "h" -> 3600 * SECOND;
                case "m" -> 60 * SECOND;
                case "s" -> SECOND;
                case "ms" -> SECOND / 1000;
                default -> SECOND / 1_000_000;
            };
            sum += new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
            end = parts.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException("Tried to read the time " + text
                    + ", but it isn't of the form 1h30m, 5m, 30s or 500ms.");
        }
        return sum;
    }
}
