package bramble.yaml;

import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The types that YAML 1.1 gives to unquoted scalars, as far as PyYAML does: {@code yes} is true, {@code 0644} is 420,
 * {@code 1:30} is 90, and {@code 1e3} is text. Dates stay text.
 */
final class ScalarTypes {
    private static final Pattern INT = Pattern.compile("""
            (?<sign>[-+]?)(?:0b(?<binary>[01_]+)|0x(?<hex>[0-9a-fA-F_]+)|0(?<octal>[0-7_]+)\
            |(?<decimal>0|[1-9][0-9_]*)|(?<sixty>[1-9][0-9_]*(?::[0-5]?[0-9]){1,99}))""");
    private static final Pattern REAL = Pattern.compile("""
            (?<number>[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\
            |(?<sixty>[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,99}\\.[0-9_]*)\
            |(?<infinite>[-+]?\\.(?:inf|Inf|INF))|(?<nan>\\.(?:nan|NaN|NAN))""");

    private ScalarTypes() {}

    static Value of(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> None.NONE;
            case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> Bool.TRUE;
            case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> Bool.FALSE;
            default -> mayBeNumber(text.charAt(0)) ? number(text) : new Text(text);
        };
    }

    private static boolean mayBeNumber(char first) {
        return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
    }

    private static Value number(String text) {
        Matcher whole = INT.matcher(text);
        if (whole.matches()) {
            BigInteger size = whole(whole);
            return size == null ? new Text(text) : new Int(text.startsWith("-") ? size.negate() : size);
        }
        Matcher real = REAL.matcher(text);
        return real.matches() ? real(real) : new Text(text);
    }

    private static @Nullable BigInteger whole(Matcher matcher) {
        if (matcher.group("sixty") != null) {
            BigInteger sum = BigInteger.ZERO;
            for (String part : matcher.group("sixty").replace("_", "").split(":", -1)) {
                sum = sum.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
            }
            return sum;
        }
        String digits;
        int radix;
        if (matcher.group("binary") != null) {
            digits = matcher.group("binary");
            radix = 2;
        } else if (matcher.group("hex") != null) {
            digits = matcher.group("hex");
            radix = 16;
        } else if (matcher.group("octal") != null) {
            digits = "0" + matcher.group("octal");
            radix = 8;
        } else {
            digits = matcher.group("decimal");
            radix = 10;
        }
        String bare = digits.replace("_", "");
        return bare.isEmpty() ? null : new BigInteger(bare, radix);
    }

    private static Value real(Matcher matcher) {
        String text = matcher.group().replace("_", "");
        if (matcher.group("number") != null) {
            return new Real(Double.parseDouble(text));
        }
        if (matcher.group("nan") != null) {
            return new Real(Double.NaN);
        }
        double sign = text.startsWith("-") ? -1 : 1;
        if (matcher.group("infinite") != null) {
            return new Real(sign * Double.POSITIVE_INFINITY);
        }
        double sum = 0;
        for (String part : text.replaceFirst("^[-+]", "").split(":", -1)) {
            sum = sum * 60 + Double.parseDouble(part);
        }
        return new Real(sign * sum);
    }
}
