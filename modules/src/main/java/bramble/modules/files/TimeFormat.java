package bramble.modules.files;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Reads times that are written in the formats of C's {@code strptime}. */
final class TimeFormat {
    private TimeFormat() {}

    /** Seconds since 1970. */
    static long seconds(String time, String format) {
        var builder = new DateTimeFormatterBuilder();
        boolean field = false;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (!field) {
                field = c == '%';
                if (!field) {
                    builder.appendLiteral(c);
                }
                continue;
            }
            field = false;
            switch (c) {
                case 'Y' -> builder.appendValue(ChronoField.YEAR, 4);
                case 'm' -> builder.appendValue(ChronoField.MONTH_OF_YEAR, 2);
                case 'd' -> builder.appendValue(ChronoField.DAY_OF_MONTH, 2);
                case 'H' -> builder.appendValue(ChronoField.HOUR_OF_DAY, 2);
                case 'M' -> builder.appendValue(ChronoField.MINUTE_OF_HOUR, 2);
                case 'S' -> builder.appendValue(ChronoField.SECOND_OF_MINUTE, 2);
                case 'b' -> builder.appendPattern("MMM");
                case 'y' -> builder.appendPattern("yy");
                case '%' -> builder.appendLiteral('%');
                default -> throw new IllegalArgumentException(
                        "Tried to read times as " + format + ", but %" + c + " is not supported");
            }
        }
        try {
            return LocalDateTime
                    .parse(time, builder.parseDefaulting(ChronoField.HOUR_OF_DAY, 0).toFormatter(Locale.ROOT))
                    .atZone(ZoneId.systemDefault()).toEpochSecond();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("Tried to read the time " + time + ", but it isn't written as " + format,
                    e);
        }
    }
}
