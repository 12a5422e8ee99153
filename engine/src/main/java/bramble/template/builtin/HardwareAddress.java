package bramble.template.builtin;

import bramble.problem.Source;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ethernet addresses, in the ways in which systems write them. */
final class HardwareAddress {
    private static final Pattern WRITTEN = Pattern
            .compile("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}|[0-9a-fA-F]{1,2}(-[0-9a-fA-F]{1,2}){5}"
                    + "|[0-9a-fA-F]{1,4}([.:][0-9a-fA-F]{1,4}){2}|[0-9a-fA-F]{6}[:-][0-9a-fA-F]{6}|[0-9a-fA-F]{12}");

    private HardwareAddress() {}

    static Optional<Long> parse(String text) {
        if (!WRITTEN.matcher(text).matches()) {
            return Optional.empty();
        }
        String[] parts = text.split("[:.-]", -1);
        int digits = 12 / parts.length;
        long number = 0;
        for (String part : parts) {
            number = (number << (4 * digits)) | Long.parseLong(part, 16);
        }
        return Optional.of(number);
    }

    /** The address in another form; false where the text is none and a test was asked for. */
    static Value ask(String text, String query) {
        Optional<Long> number = parse(text);
        if (query.isEmpty() || query.equals("bool")) {
            return query.isEmpty() && number.isPresent() ? new Text(text) : Bool.of(number.isPresent());
        }
        if (number.isEmpty()) {
            throw new TemplateException("hwaddr: not a hardware address: " + text);
        }
        String digits = String.format(Locale.ROOT, "%012x", number.get());
        String upper = digits.toUpperCase(Locale.ROOT);
        return switch (query) {
            case "bare" -> new Text(upper);
            case "int" -> Int.of(number.get());
            case "cisco" -> new Text(grouped(digits, 4, "."));
            case "eui48", "win" -> new Text(grouped(upper, 2, "-"));
            case "linux" -> new Text(grouped(digits, 2, ":"));
            case "unix" -> new Text(grouped(digits, 2, ":").replaceAll("(^|:)0", "$1"));
            case "pgsql", "psql", "postgresql" -> new Text(grouped(digits, 6, ":"));
            default -> throw new TemplateException(Source.NONE, "hwaddr: unknown filter type: " + query,
                    "Known are bare, bool, int, cisco, eui48, linux, unix, pgsql and win.");
        };
    }

    private static String grouped(String digits, int size, String separator) {
        return digits.replaceAll("(.{" + size + "})(?=.)", "$1" + separator);
    }
}
