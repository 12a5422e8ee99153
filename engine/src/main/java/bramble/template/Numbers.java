package bramble.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floats as the {@code f}, {@code e} and {@code g} of Python's formats write them. */
final class Numbers {
    private Numbers() {}

    /** A non-negative float in the given form; infinities and NaN as words. */
    static String format(double number, char form, int precision, boolean alternate) {
        if (Double.isNaN(number)) {
            return Character.isUpperCase(form) ? "NAN" : "nan";
        }
        if (Double.isInfinite(number)) {
            return Character.isUpperCase(form) ? "INF" : "inf";
        }
        String text = switch (Character.toLowerCase(form)) {
            case 'f' -> new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).toPlainString()
                    + (alternate && precision == 0 ? "." : "");
            case 'e' -> exponent(number, precision);
            default -> general(number, precision == 0 ? 1 : precision, alternate);
        };
        return Character.isUpperCase(form) ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    private static String exponent(double number, int precision) {
        if (number == 0) {
            return "0" + (precision > 0 ? "." + "0".repeat(precision) : "") + "e+00";
        }
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int power = digits.length() - rounded.scale() - 1;
        String padded = digits.length() > precision
                ? digits.substring(0, precision + 1)
                : digits + "0".repeat(precision + 1 - digits.length());
        return padded.charAt(0) + (precision > 0 ? "." + padded.substring(1) : "") + power(power);
    }

    private static String power(int power) {
        return "e" + (power < 0 ? "-" : "+") + (Math.abs(power) < 10 ? "0" : "") + Math.abs(power);
    }

    private static String general(double number, int precision, boolean alternate) {
        if (number == 0) {
            return alternate ? "0." + "0".repeat(precision - 1) : "0";
        }
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int power = rounded.precision() - rounded.scale() - 1;
        if (power < -4 || power >= precision) {
            String text = exponent(number, precision - 1);
            int e = text.indexOf('e');
            return (alternate ? text.substring(0, e) : trimmed(text.substring(0, e))) + text.substring(e);
        }
        String text = rounded.setScale(Math.max(0, precision - 1 - power), RoundingMode.HALF_EVEN).toPlainString();
        return alternate ? text : trimmed(text);
    }

    private static String trimmed(String text) {
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
