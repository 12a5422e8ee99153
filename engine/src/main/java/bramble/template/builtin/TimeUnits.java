package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.TemplateException;
import bramble.value.Real;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that convert spans of time such as {@code 1h 30m}. A year has 365 days and a month 30, unless said otherwise. */
@AutoService(Extensions.class)
public final class TimeUnits implements Extensions {
    private static final int PLACES = 12;
    private static final Pattern PART = Pattern.compile("(-?\\d+)\\s*([a-zA-Z]+)");
    private static final Map<String, Double> SECONDS = Map.ofEntries(entry("ms", 0.001), entry("s", 1.0),
            entry("m", 60.0),
            entry("h", 3600.0), entry("d", 86_400.0), entry("w", 7 * 86_400.0), entry("mo", 30 * 86_400.0),
            entry("y", 365 * 86_400.0));
    private static final Map<String, String> WORDS = Map.ofEntries(entry("millisecond", "ms"), entry("msec", "ms"),
            entry("msecond", "ms"), entry("second", "s"), entry("sec", "s"), entry("minute", "m"), entry("min", "m"),
            entry("hour", "h"), entry("day", "d"), entry("week", "w"), entry("month", "mo"), entry("year", "y"));

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("to_time_unit",
                        (input, arguments, at) -> convert(input, arguments.text(0, "unit", "ms"), arguments, at)),
                entry("to_milliseconds", to("ms")),
                entry("to_seconds", to("s")),
                entry("to_minutes", to("m")),
                entry("to_hours", to("h")),
                entry("to_days", to("d")),
                entry("to_weeks", to("w")),
                entry("to_months", to("mo")),
                entry("to_years", to("y")));
    }

    private static Filter to(String unit) {
        return (input, arguments, at) -> convert(input, unit, arguments, at);
    }

    private static Value convert(Value input, String unit, Arguments arguments, Evaluation evaluation) {
        String text = evaluation.text(input);
        Matcher part = PART.matcher(text);
        String rest = part.replaceAll("").strip();
        if (!rest.isEmpty() || text.isBlank()) {
            throw unreadable(text);
        }
        double sum = 0;
        part.reset();
        while (part.find()) {
            double size = seconds(String.valueOf(part.group(2)), arguments).orElseThrow(() -> unreadable(text));
            sum += Double.parseDouble(String.valueOf(part.group(1))) * size;
        }
        double target = seconds(unit, arguments)
                .orElseThrow(
                        () -> new TemplateException("to_time_unit() can not convert to the following unit: " + unit));
        return new Real(new BigDecimal(sum / target).setScale(PLACES, RoundingMode.HALF_EVEN).doubleValue());
    }

    private static TemplateException unreadable(String text) {
        return new TemplateException("to_time_unit() can not interpret following string: " + text);
    }

    private static Optional<Double> seconds(String unit, Arguments arguments) {
        String single = unit.length() > 2 && unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
        String name = WORDS.getOrDefault(single, unit);
        double day = 86_400;
        return switch (name) {
            case "y" -> Optional.of(arguments.integer(-1, "year", 365) * day);
            case "mo" -> Optional.of(arguments.integer(-1, "month", 30) * day);
            default -> Optional.ofNullable(SECONDS.get(name));
        };
    }
}
