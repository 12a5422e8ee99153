package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;

/** Filters and the function for dates and times. */
@AutoService(Extensions.class)
public final class Times implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("strftime", Times::format),
                entry("to_datetime", Times::read));
    }

    static Value now(Arguments arguments) {
        arguments.only("utc", "fmt");
        ZoneId zone = arguments.bool(0, "utc", false) ? ZoneOffset.UTC : ZoneId.systemDefault();
        LocalDateTime now = LocalDateTime.now(zone).truncatedTo(java.time.temporal.ChronoUnit.MICROS);
        String format = arguments.text(1, "fmt", "");
        return format.isEmpty()
                ? new DateTime(now, Optional.empty())
                : new Text(TimeFormat.write(format, now.atZone(zone)));
    }

    private static Value format(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("second", "utc");
        Value second = arguments.value(0, "second", None.NONE);
        ZoneId zone = arguments.bool(1, "utc", false) ? ZoneOffset.UTC : ZoneId.systemDefault();
        Instant instant = Instant.now();
        if (second != None.NONE) {
            double seconds = Numbers.real(second).filter(number -> !number.isNaN() && !number.isInfinite())
                    .orElseThrow(() -> new TemplateException(
                            "Invalid value for epoch value (" + evaluation.text(second) + ")"));
            BigDecimal exact = new BigDecimal(seconds);
            long whole = exact.setScale(0, RoundingMode.FLOOR).longValue();
            instant = Instant.ofEpochSecond(whole,
                    exact.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
        }
        return new Text(TimeFormat.write(evaluation.text(input), ZonedDateTime.ofInstant(instant, zone)));
    }

    private static Value read(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("format");
        return TimeFormat.read(evaluation.text(input), arguments.text(0, "format", "%Y-%m-%d %H:%M:%S"));
    }
}
