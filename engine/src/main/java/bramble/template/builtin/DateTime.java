package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ObjectValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * A date and time, as Python's datetime.
 *
 * @param offset its distance from UTC; empty for a time without a zone, which counts as one of the controller's zone
 */
record DateTime(LocalDateTime time, Optional<ZoneOffset> offset) implements ObjectValue {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS",
            Locale.ROOT);

    @Override
    public String type() {
        return "datetime";
    }

    @Override
    public String text() {
        String zone = offset.map(of -> of.getId().equals("Z") ? "+00:00" : of.getId()).orElse("");
        return (micros() == 0 ? SECONDS : MICROS).format(time) + zone;
    }

    private int micros() {
        return time.get(ChronoField.MICRO_OF_SECOND);
    }

    private ZoneId zone() {
        return offset.<ZoneId>map(of -> of).orElseGet(ZoneId::systemDefault);
    }

    @Override
    public Optional<Value> attribute(String name) {
        return Optional.ofNullable(switch (name) {
            case "year" -> Int.of(time.getYear());
            case "month" -> Int.of(time.getMonthValue());
            case "day" -> Int.of(time.getDayOfMonth());
            case "hour" -> Int.of(time.getHour());
            case "minute" -> Int.of(time.getMinute());
            case "second" -> Int.of(time.getSecond());
            case "microsecond" -> Int.of(micros());
            case "strftime" ->
                function(arguments -> new Text(TimeFormat.write(arguments.text(0, "format"), time.atZone(zone()))));
            case "isoformat" -> function(arguments -> new Text(text().replace(" ", arguments.text(0, "sep", "T"))));
            case "timestamp" -> function(_ -> new Real(time.atZone(zone()).toEpochSecond() + micros() / 1e6));
            case "weekday" -> function(_ -> Int.of(time.getDayOfWeek().getValue() - 1));
            case "isoweekday" -> function(_ -> Int.of(time.getDayOfWeek().getValue()));
            case "toordinal" -> function(_ -> Int.of(time.toLocalDate().toEpochDay() + 719_163));
            case "date" -> function(_ -> new Text(time.toLocalDate().toString()));
            case "time" -> function(_ -> new Text(text().substring(11)));
            case "replace" -> function(this::replace);
            default -> null;
        });
    }

    private static Callable function(Globals.Body body) {
        return Globals.function(body);
    }

    private Value replace(Arguments arguments) {
        LocalDateTime changed = LocalDateTime.of(arguments.integer(0, "year", time.getYear()),
                arguments.integer(1, "month", time.getMonthValue()), arguments.integer(2, "day", time.getDayOfMonth()),
                arguments.integer(3, "hour", time.getHour()), arguments.integer(4, "minute", time.getMinute()),
                arguments.integer(5, "second", time.getSecond()),
                arguments.integer(6, "microsecond", micros()) * 1000);
        return new DateTime(changed, offset);
    }

    @Override
    public Optional<Value> operate(String operator, Value right) {
        return Optional.ofNullable(switch (right) {
            case TimeSpan(long span) when operator.equals("+") ->
                new DateTime(time.plus(span, ChronoUnit.MICROS), offset);
            case TimeSpan(long span) when operator.equals("-") ->
                new DateTime(time.minus(span, ChronoUnit.MICROS), offset);
            case DateTime other when operator.equals("-") ->
                TimeSpan.of(offset.isPresent() && other.offset.isPresent()
                        ? Duration.between(other.time.atOffset(other.offset.get()), time.atOffset(offset.get()))
                        : Duration.between(other.time, time));
            case DateTime other when operator.equals("<") -> Bool.of(time.atZone(zone()).toInstant()
                    .isBefore(other.time.atZone(other.zone()).toInstant()));
            default -> null;
        });
    }

    /**
     * The time between two, as Python's timedelta.
     *
     * @param micros in microseconds
     */
    record TimeSpan(long micros) implements ObjectValue {
        private static final long SECOND = 1_000_000;
        private static final long DAY = 86_400 * SECOND;

        static TimeSpan of(Duration span) {
            return new TimeSpan(span.dividedBy(Duration.of(1, ChronoUnit.MICROS)));
        }

        @Override
        public String type() {
            return "timedelta";
        }

        private long days() {
            return Math.floorDiv(micros, DAY);
        }

        private long seconds() {
            return Math.floorMod(micros, DAY) / SECOND;
        }

        private long rest() {
            return Math.floorMod(micros, SECOND);
        }

        @Override
        public String text() {
            String days = days() == 0 ? "" : days() + (Math.abs(days()) == 1 ? " day, " : " days, ");
            return days
                    + String.format(Locale.ROOT, "%d:%02d:%02d", seconds() / 3600, seconds() / 60 % 60, seconds() % 60)
                    + (rest() == 0 ? "" : String.format(Locale.ROOT, ".%06d", rest()));
        }

        @Override
        public Optional<Value> attribute(String name) {
            return Optional.ofNullable(switch (name) {
                case "days" -> Int.of(days());
                case "seconds" -> Int.of(seconds());
                case "microseconds" -> Int.of(rest());
                case "total_seconds" -> function(_ -> new Real((double) micros / SECOND));
                default -> null;
            });
        }

        @Override
        public Optional<Value> operate(String operator, Value right) {
            return Optional.ofNullable(switch (right) {
                case DateTime(LocalDateTime time, var offset) when operator.equals("+") ->
                    new DateTime(time.plus(micros, ChronoUnit.MICROS), offset);
                case TimeSpan(long other) -> switch (operator) {
                    case "+" -> new TimeSpan(micros + other);
                    case "-" -> new TimeSpan(micros - other);
                    case "<" -> Bool.of(micros < other);
                    default -> null;
                };
                case Int(var factor) when operator.equals("*") -> new TimeSpan(micros * factor.longValueExact());
                default -> null;
            });
        }
    }
}
