package bramble.modules.keys;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A moment as playbooks give it: so long from now ({@code +52w}, {@code +1d12h}, {@code -1h}), or by the calendar, in UTC.
 *
 * @param relative whether it is counted from now
 * @param offset from now, or since 1970
 */
record Moment(boolean relative, Duration offset) {
    private static final Pattern RELATIVE = Pattern
            .compile("([+-])(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s?)?");
    private static final List<String> FORMS = List.of("yyyyMMddHHmmss'Z'", "yyyyMMddHHmm'Z'", "yyyyMMddHHmmss'+0000'",
            "yyyyMMddHHmm'+0000'", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss");
    private static final long[] SECONDS = {7 * 24 * 3600, 24 * 3600, 3600, 60, 1};

    static Optional<Moment> of(String text) {
        Matcher matcher = RELATIVE.matcher(text);
        if (matcher.matches()) {
            long seconds = 0;
            for (int i = 0; i < SECONDS.length; i++) {
                String number = matcher.group(i + 2);
                seconds += number == null ? 0 : Long.parseLong(number) * SECONDS[i];
            }
            return Optional.of(new Moment(true, Duration.ofSeconds(text.startsWith("-") ? -seconds : seconds)));
        }
        String day = text.matches("\\d{4}-\\d\\d-\\d\\d") ? text + "T00:00:00" : text;
        for (String form : FORMS) {
            try {
                return Optional.of(new Moment(false, Duration.ofSeconds(
                        LocalDateTime.parse(day, DateTimeFormatter.ofPattern(form, Locale.ROOT))
                                .toEpochSecond(ZoneOffset.UTC))));
            } catch (DateTimeParseException _) {
                // perhaps the next form
            }
        }
        return Optional.empty();
    }

    Instant at(Instant now) {
        return relative ? now.plus(offset) : Instant.EPOCH.plus(offset);
    }

    static Optional<String> mistake(String argument, String text) {
        return of(text).isPresent()
                ? Optional.empty()
                : Optional.of("The time spec \"" + text + "\" for " + argument
                        + " is invalid: it is of the form +52w1d, or 20301231235959Z");
    }
}
