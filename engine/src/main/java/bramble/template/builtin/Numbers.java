package bramble.template.builtin;

import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.ObjectValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How Python makes numbers of text, and adds. */
final class Numbers {
    private static final Pattern DECIMAL = Pattern
            .compile("[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");
    private static final Pattern SPECIAL = Pattern.compile("[+-]?(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

    private Numbers() {}

    /** What {@code int(text, base)} gives, if it is a number. */
    static Optional<BigInteger> whole(String text, int base) {
        String digits = text.strip();
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int radix = base;
        String lower = digits.toLowerCase(Locale.ROOT);
        int prefix = lower.startsWith("0x") ? 16 : lower.startsWith("0o") ? 8 : lower.startsWith("0b") ? 2 : 0;
        if (prefix != 0 && (base == 0 || base == prefix)) {
            radix = prefix;
            digits = digits.substring(2);
            if (digits.startsWith("_")) {
                digits = digits.substring(1);
            }
        } else if (base == 0) {
            radix = 10;
        }
        if (base == 0 && prefix == 0 && digits.startsWith("0") && !digits.matches("[0_]*")) {
            return Optional.empty(); // octal elsewhere, decimal to most people: Python refuses it
        }
        if (radix < 2 || radix > 36) {
            throw new TemplateException("int() base must be >= 2 and <= 36, or 0");
        }
        if (!digits.matches("[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*")) {
            return Optional.empty();
        }
        try {
            var number = new BigInteger(digits.replace("_", ""), radix);
            return Optional.of(negative ? number.negate() : number);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** What {@code float(text)} gives, if it is a number. */
    static Optional<Double> real(String text) {
        String trimmed = text.strip();
        if (DECIMAL.matcher(trimmed).matches()) {
            return Optional.of(Double.parseDouble(trimmed.replace("_", "")));
        }
        if (SPECIAL.matcher(trimmed).matches()) {
            boolean negative = trimmed.startsWith("-");
            String name = trimmed.toLowerCase(Locale.ROOT);
            return Optional.of(
                    name.endsWith("nan") ? Double.NaN : negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return Optional.empty();
    }

    /** What {@code float(value)} gives for a number or a text that is one. */
    static Optional<Double> real(Value value) {
        return value instanceof Text(String text)
                ? real(text)
                : Python.number(value) ? Optional.of(Python.real(value)) : Optional.empty();
    }

    /** The value as a float, or an error that says what the value was needed for. */
    static double demand(Value value, String purpose) {
        if (!Python.number(value)) {
            throw new TemplateException(
                    purpose + " can only be used on numbers: must be real number, not " + Python.type(value));
        }
        return Python.real(value);
    }

    /** A float without its fraction. */
    static Optional<BigInteger> truncated(double number) {
        return Double.isNaN(number) || Double.isInfinite(number)
                ? Optional.empty()
                : Optional.of(new BigDecimal(number).toBigInteger());
    }

    /** {@code a + b}. */
    static Value plus(Value a, Value b) {
        if (Python.number(a) && Python.number(b)) {
            return a instanceof Real || b instanceof Real
                    ? new Real(Python.real(a) + Python.real(b))
                    : new Int(Python.integer(a).orElseThrow().add(Python.integer(b).orElseThrow()));
        }
        if (a instanceof Text(String left) && b instanceof Text(String right)) {
            return new Text(left + right);
        }
        if (a instanceof ListValue left && b instanceof ListValue right) {
            return new ListValue(joined(left.items(), right.items()));
        }
        if (a instanceof TupleValue(var left) && b instanceof TupleValue(var right)) {
            return new TupleValue(joined(left, right));
        }
        Optional<Value> sum = a instanceof ObjectValue object ? object.operate("+", b) : Optional.empty();
        return sum.orElseThrow(() -> new TemplateException(
                "unsupported operand type(s) for +: '" + Python.type(a) + "' and '" + Python.type(b) + "'"));
    }

    private static List<Value> joined(List<Value> left, List<Value> right) {
        var both = new ArrayList<Value>(left);
        both.addAll(right);
        return both;
    }
}
