package bramble.template;

import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** Python's {@code format % values}. */
final class PercentFormat {
    private final String format;
    private final Value values;
    private final List<Value> queue;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;

    private PercentFormat(String format, Value values) {
        this.format = format;
        this.values = values;
        this.queue = values instanceof TupleValue(List<Value> items) ? items : List.of(values);
    }

    static String format(String format, Value values) {
        return new PercentFormat(format, values).run();
    }

    private String run() {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c == '%') {
                conversion();
            } else {
                out.append(c);
            }
        }
        if (used < queue.size() && !(values instanceof MapValue) && !(values instanceof ListValue)) {
            throw new TemplateException("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private Value next() {
        if (used >= queue.size()) {
            throw new TemplateException("not enough arguments for format string");
        }
        return queue.get(used++);
    }

    private char current() {
        if (at >= format.length()) {
            throw new TemplateException("incomplete format");
        }
        return format.charAt(at);
    }

    /** To look at what is undefined is no use of it. */
    private static String repr(Value value) {
        return value instanceof Undefined(String what, _, _, _)
                ? "AnsibleUndefined(hint=" + PythonText.repr(new Text(what)) + ")"
                : PythonText.repr(value);
    }

    private void conversion() {
        Value named = null;
        if (current() == '(') {
            int close = format.indexOf(')', at);
            if (close < 0) {
                throw new TemplateException("incomplete format key");
            }
            String key = format.substring(at + 1, close);
            if (!(values instanceof MapValue map)) {
                throw new TemplateException("format requires a mapping");
            }
            named = map.get(key)
                    .orElseThrow(() -> new TemplateException("the format's key '" + key + "' is not in the mapping"));
            at = close + 1;
        }
        String flags = "";
        while ("#0- +".indexOf(current()) >= 0) {
            flags += format.charAt(at++);
        }
        int width = size();
        if (width < 0) {
            flags += "-";
            width = -width;
        }
        Width.of(width);
        int precision = -1;
        if (current() == '.') {
            at++;
            precision = Width.of(size());
        }
        while ("hlL".indexOf(current()) >= 0) {
            at++;
        }
        char type = format.charAt(at++);
        if (type == '%') {
            out.append('%');
            return;
        }
        Value value = named == null ? next() : named;
        String sign = "";
        String body;
        if (type != 'r') {
            Python.check(value);
        }
        switch (type) {
            case 's', 'r', 'a' -> {
                body = type == 's' ? PythonText.of(value) : repr(value);
                body = precision >= 0 && precision < body.length() ? body.substring(0, precision) : body;
                flags = flags.replace("0", "");
            }
            case 'c' -> {
                body = value instanceof Int(BigInteger number)
                        ? Python.character(number)
                        : PythonText.of(value);
                flags = flags.replace("0", "");
            }
            case 'd', 'i', 'u', 'x', 'X', 'o' -> {
                BigInteger number = whole(value, type);
                sign = sign(number.signum() < 0, flags);
                int radix = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
                body = number.abs().toString(radix);
                body = type == 'X' ? body.toUpperCase(Locale.ROOT) : body;
                body = "0".repeat(Math.max(0, precision - body.length())) + body;
                if (flags.contains("#") && radix != 10) {
                    sign += "0" + type;
                }
            }
            case 'f', 'F', 'e', 'E', 'g', 'G' -> {
                if (!Python.number(value)) {
                    throw new TemplateException("must be real number, not " + Python.type(value));
                }
                double number = Python.real(value);
                sign = sign(number < 0 || 1 / number < 0, flags);
                body = Numbers.format(Math.abs(number), type, precision < 0 ? 6 : precision, flags.contains("#"));
            }
            default -> throw new TemplateException("unsupported format character '" + type + "'");
        }
        int fill = Math.max(0, width - sign.length() - body.codePointCount(0, body.length()));
        if (flags.contains("-")) {
            out.append(sign).append(body).repeat(' ', fill);
        } else if (flags.contains("0")) {
            out.append(sign).repeat('0', fill).append(body);
        } else {
            out.repeat(' ', fill).append(sign).append(body);
        }
    }

    private int size() {
        if (current() == '*') {
            at++;
            return Python.integer(next()).orElseThrow(() -> new TemplateException("* wants int")).intValue();
        }
        int size = 0;
        while (current() >= '0' && current() <= '9') {
            size = Width.of(size * 10L + format.charAt(at++) - '0');
        }
        return size;
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private static BigInteger whole(Value value, char type) {
        if (value instanceof Real(double number) && type != 'x' && type != 'X' && type != 'o'
                && Double.isFinite(number)) {
            return new BigDecimal(number).toBigInteger();
        }
        return Python.integer(value).orElseThrow(() -> new TemplateException("%" + type
                + " format: a real number is required, not " + Python.type(value)));
    }

}
