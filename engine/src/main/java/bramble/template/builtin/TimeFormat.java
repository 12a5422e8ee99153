package bramble.template.builtin;

import bramble.template.TemplateException;
import bramble.template.Width;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directives of C's strftime and Python's strptime, in the C locale. */
public final class TimeFormat {
    private static final Pattern DIRECTIVE = Pattern.compile("%([-_0^#]?)(\\d*)([a-zA-Z%])");

    private TimeFormat() {}

    /** A time as the format has it, {@code %Y-%m-%d} say. */
    public static String write(String format, ZonedDateTime time) {
        return DIRECTIVE.matcher(format)
                .replaceAll(found -> Matcher
                        .quoteReplacement(shaped(found.group(1), found.group(2), found.group(3), time)));
    }

    private static String shaped(String flag, String width, String directive, ZonedDateTime time) {
        String text = directive(directive.charAt(0), time);
        String digits = text.strip();
        boolean number = !digits.isEmpty() && digits.chars().allMatch(Character::isDigit);
        text = switch (flag) {
            case "-" -> number ? digits.replaceFirst("^0+(?=.)", "") : text;
            case "_" -> number ? padded(digits.replaceFirst("^0+(?=.)", ""), text.length(), ' ') : text;
            case "0" -> number ? padded(digits, text.length(), '0') : text;
            case "^" -> text.toUpperCase(Locale.ROOT);
            case "#" -> text.equals(text.toUpperCase(Locale.ROOT))
                    ? text.toLowerCase(Locale.ROOT)
                    : text.toUpperCase(Locale.ROOT);
            default -> text;
        };
        return width.isEmpty() ? text : padded(text, Width.of(width), number && !flag.equals("_") ? '0' : ' ');
    }

    private static String padded(String text, int width, char fill) {
        return String.valueOf(fill).repeat(Math.max(0, width - text.length())) + text;
    }

    private static String two(int number) {
        return padded(String.valueOf(number), 2, '0');
    }

    private static String directive(char directive, ZonedDateTime time) {
        int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        int weekday = time.getDayOfWeek().getValue();
        return switch (directive) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> write("%a %b %e %H:%M:%S %Y", time);
            case 'C' -> two(time.getYear() / 100);
            case 'd' -> two(time.getDayOfMonth());
            case 'D', 'x' -> write("%m/%d/%y", time);
            case 'e' -> padded(String.valueOf(time.getDayOfMonth()), 2, ' ');
            case 'F' -> write("%Y-%m-%d", time);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'H' -> two(time.getHour());
            case 'I' -> two(hour12);
            case 'j' -> padded(String.valueOf(time.getDayOfYear()), 3, '0');
            case 'k' -> padded(String.valueOf(time.getHour()), 2, ' ');
            case 'l' -> padded(String.valueOf(hour12), 2, ' ');
            case 'm' -> two(time.getMonthValue());
            case 'M' -> two(time.getMinute());
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> write("%I:%M:%S %p", time);
            case 'R' -> write("%H:%M", time);
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'S' -> two(time.getSecond());
            case 'f' -> padded(String.valueOf(time.get(ChronoField.MICRO_OF_SECOND)), 6, '0');
            case 't' -> "\t";
            case 'T', 'X' -> write("%H:%M:%S", time);
            case 'u' -> String.valueOf(weekday);
            case 'U' -> two((time.getDayOfYear() + 6 - weekday % 7) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(weekday % 7);
            case 'W' -> two((time.getDayOfYear() + 6 - (weekday - 1)) / 7);
            case 'y' -> two(time.getYear() % 100);
            case 'Y' -> String.valueOf(time.getYear());
            case 'z' -> time.getOffset().getId().equals("Z") ? "+0000" : time.getOffset().getId().replace(":", "");
            case 'Z' -> time.getZone().equals(ZoneOffset.UTC)
                    ? "UTC"
                    : time.getZone().getRules().isDaylightSavings(time.toInstant())
                            || !time.getZone().getId().equals("Z")
                                    ? java.time.format.DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(time)
                                    : "UTC";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static final Map<Character, String> FORMS = Map.ofEntries(Map.entry('Y', "\\d{4}"),
            Map.entry('m', "1[0-2]|0?[1-9]"),
            Map.entry('d', "3[01]|[12]\\d|0?[1-9]| [1-9]"), Map.entry('H', "2[0-3]|[01]?\\d"),
            Map.entry('I', "1[0-2]|0?[1-9]"),
            Map.entry('M', "[0-5]?\\d"), Map.entry('S', "6[01]|[0-5]?\\d"), Map.entry('f', "\\d{1,6}"),
            Map.entry('y', "\\d{2}"),
            Map.entry('j', "36[0-6]|3[0-5]\\d|[12]\\d\\d|0?[1-9]\\d|0{0,2}[1-9]"), Map.entry('p', "am|pm"),
            Map.entry('b', "[a-z]{3}"), Map.entry('B', "[a-z]+"), Map.entry('a', "[a-z]{3}"), Map.entry('A', "[a-z]+"),
            Map.entry('z', "[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|z"),
            Map.entry('Z', "utc|gmt|[a-z]{3,5}"),
            Map.entry('w', "[0-6]"), Map.entry('u', "[1-7]"));

    /** The date and time that a text gives in a format. */
    static DateTime read(String text, String format) {
        List<Character> order = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern(format, order), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(text);
        if (!matcher.matches()) {
            throw new TemplateException(matcher.lookingAt()
                    ? "unconverted data remains: " + text.substring(matcher.end())
                    : "time data '" + text + "' does not match format '" + format + "'");
        }
        var parts = new HashMap<Character, String>();
        for (int i = 0; i < order.size(); i++) {
            parts.put(order.get(i), String.valueOf(matcher.group(i + 1)).strip().toLowerCase(Locale.ROOT));
        }
        try {
            return time(parts);
        } catch (DateTimeException e) {
            throw new TemplateException("time data '" + text + "' is no date: " + e.getMessage());
        }
    }

    /**
     * The seconds since 1970 that a text gives in a format, of that zone unless the text names one.
     *
     * @throws TemplateException if the text isn't written so
     */
    public static long seconds(String text, String format, ZoneId zone) {
        DateTime read = read(text, format);
        return read.time().atZone(read.offset().<ZoneId>map(offset -> offset).orElse(zone)).toEpochSecond();
    }

    private static String pattern(String format, List<Character> order) {
        String expanded = format.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y")
                .replace("%R", "%H:%M").replace("%c", "%a %b %d %H:%M:%S %Y").replace("%x", "%m/%d/%y")
                .replace("%X", "%H:%M:%S");
        var pattern = new StringBuilder();
        for (int i = 0; i < expanded.length(); i++) {
            char c = expanded.charAt(i);
            if (Character.isWhitespace(c)) {
                pattern.append("\\s+");
            } else if (c != '%' || i + 1 == expanded.length()) {
                pattern.append(Pattern.quote(String.valueOf(c)));
            } else {
                char directive = expanded.charAt(++i);
                String form = FORMS.get(directive);
                if (directive == '%') {
                    pattern.append('%');
                } else if (form == null) {
                    throw new TemplateException("'" + directive + "' is a bad directive in format '" + format + "'");
                } else {
                    pattern.append('(').append(form).append(')');
                    order.add(directive);
                }
            }
        }
        return pattern.toString();
    }

    private static DateTime time(Map<Character, String> parts) {
        int shortYear = number(parts, 'y', 0);
        int year = parts.containsKey('y') ? shortYear + (shortYear < 69 ? 2000 : 1900) : number(parts, 'Y', 1900);
        String monthName = parts.getOrDefault('B', parts.getOrDefault('b', ""));
        int month = monthName.isEmpty() ? number(parts, 'm', 1) : month(monthName);
        LocalDate date = parts.containsKey('j')
                ? LocalDate.ofYearDay(year, number(parts, 'j', 1))
                : LocalDate.of(year, month, number(parts, 'd', 1));
        int hour = number(parts, 'H', 0);
        if (parts.containsKey('I')) {
            hour = number(parts, 'I', 12) % 12 + ("pm".equals(parts.get('p')) ? 12 : 0);
        }
        String fraction = parts.getOrDefault('f', "0");
        int micro = Integer.parseInt((fraction + "000000").substring(0, 6));
        LocalDateTime time = date.atTime(hour, number(parts, 'M', 0), Math.min(59, number(parts, 'S', 0)))
                .with(ChronoField.MICRO_OF_SECOND, micro);
        String zone = parts.getOrDefault('z', "");
        return new DateTime(time, zone.isEmpty()
                ? Optional.empty()
                : Optional.of(zone.equals("z") ? ZoneOffset.UTC : ZoneOffset.of(zone.replaceFirst("\\.\\d+$", ""))));
    }

    private static int number(Map<Character, String> parts, char directive, int fallback) {
        String text = parts.get(directive);
        return text == null ? fallback : Integer.parseInt(text.strip());
    }

    private static int month(String name) {
        for (java.time.Month month : java.time.Month.values()) {
            String full = month.getDisplayName(TextStyle.FULL, Locale.ENGLISH).toLowerCase(Locale.ROOT);
            if (full.equals(name) || full.substring(0, 3).equals(name)) {
                return month.getValue();
            }
        }
        throw new DateTimeException("there is no month " + name);
    }
}
