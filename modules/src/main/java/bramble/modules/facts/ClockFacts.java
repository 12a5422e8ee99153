package bramble.modules.facts;

import bramble.value.MapValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** {@code date_time}, by the node's clock and in its time zone. */
final class ClockFacts {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ClockFacts() {}

    static MapValue of(Report report) {
        String[] parts = report.lines("date_time").stream().findFirst().orElse("").split("\\|", -1);
        if (parts.length < 12) {
            return MapValue.of("date_time", MapValue.EMPTY);
        }
        String date = parts[0] + "-" + parts[1] + "-" + parts[2];
        String time = parts[3] + ":" + parts[4] + ":" + parts[5];
        String basic = date.replace("-", "") + "T" + time.replace(":", "");
        String micros = parts.length > 12 && parts[12].matches("\\d{9}") ? parts[12].substring(0, 6) : "000000";
        String utc = ISO.format(Instant.ofEpochSecond(Long.parseLong(parts[6])));
        return MapValue.of("date_time", MapValue.of("year", parts[0], "month", parts[1], "day", parts[2], "hour",
                parts[3],
                "minute", parts[4], "second", parts[5], "epoch", parts[6], "epoch_int", parts[6], "date", date, "time",
                time,
                "iso8601", utc + "Z", "iso8601_micro", utc + "." + micros + "Z", "iso8601_basic", basic + micros,
                "iso8601_basic_short", basic, "tz", parts[7], "tz_dst", summer(report, parts[7], parts[8]), "tz_offset",
                parts[8], "weekday", parts[9], "weekday_number", parts[10], "weeknumber", parts[11]));
    }

    /** The zone's name in summer: of now and half a year on, the one that is further ahead. */
    private static String summer(Report report, String zone, String offset) {
        Optional<String[]> half = report.find("date_time", "half").map(text -> text.split(" ", -1))
                .filter(words -> words.length == 2);
        return half.filter(words -> minutes(words[1]) > minutes(offset)).map(words -> words[0]).orElse(zone);
    }

    private static int minutes(String offset) {
        if (!offset.matches("[+-]\\d{4}")) {
            return 0;
        }
        int all = Integer.parseInt(offset.substring(1, 3)) * 60 + Integer.parseInt(offset.substring(3));
        return offset.startsWith("-") ? -all : all;
    }
}
