package bramble.template;

import bramble.value.Int;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format.format(values)}, and the format specifications in it. */
final class BraceFormat {
    private static final Pattern SPEC = Pattern.compile(
            "(?s)(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d+)?([,_])?(?:\\.(\\d+))?([a-zA-Z%])?");
    private static final Pattern MEMBER = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

    private final Arguments arguments;
    private final BiFunction<Value, Value, Value> member;
    private int automatic;

    private BraceFormat(Arguments arguments, BiFunction<Value, Value, Value> member) {
        this.arguments = arguments;
        this.member = member;
    }

    /** @param member what {@code value[key]} gives */
    static String format(String format, Arguments arguments, BiFunction<Value, Value, Value> member) {
        return new BraceFormat(arguments, member).run(format, 2);
    }

    private String run(String format, int depth) {
        var out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            if ((c == '{' || c == '}') && at + 1 < format.length() && format.charAt(at + 1) == c) {
                out.append(c);
                at += 2;
            } else if (c == '}') {
                throw new TemplateException("Single '}' encountered in format string");
            } else if (c == '{') {
                int close = close(format, at);
                out.append(field(format.substring(at + 1, close), depth));
                at = close + 1;
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    private static int close(String format, int open) {
        int depth = 0;
        for (int i = open; i < format.length(); i++) {
            char c = format.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new TemplateException("expected '}' before end of string");
    }

    private String field(String field, int depth) {
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        String name = colon < 0 ? field : field.substring(0, colon);
        char conversion = ' ';
        int bang = name.indexOf('!');
        if (bang >= 0 && bang + 1 < name.length()) {
            conversion = name.charAt(bang + 1);
            name = name.substring(0, bang);
        }
        Value value = value(name);
        if (value instanceof Undefined undefined) {
            throw new UndefinedException(undefined);
        }
        if (conversion == 'r' || conversion == 'a') {
            value = new Text(PythonText.repr(value));
        } else if (conversion == 's') {
            value = new Text(PythonText.of(value));
        }
        return spec(value, depth > 0 && spec.contains("{") ? run(spec, depth - 1) : spec);
    }

    private Value value(String name) {
        int end = 0;
        while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
            end++;
        }
        String first = name.substring(0, end);
        Value value;
        if (first.isEmpty() || first.chars().allMatch(Character::isDigit)) {
            int index = first.isEmpty() ? automatic++ : Integer.parseInt(first);
            if (index >= arguments.positional().size()) {
                throw new TemplateException("Replacement index " + index + " out of range for positional args tuple");
            }
            value = arguments.positional().get(index);
        } else {
            value = arguments.optional(-1, first)
                    .orElseThrow(() -> new TemplateException("format has no argument named '" + first + "'"));
        }
        Matcher members = MEMBER.matcher(name).region(end, name.length());
        while (members.find()) {
            String key = members.group(1) != null ? members.group(1) : members.group(2);
            boolean index = members.group(2) != null && key.chars().allMatch(Character::isDigit);
            value = member.apply(value, index ? new Int(new BigInteger(key)) : new Text(key));
        }
        return value;
    }

    /** One value by a format specification, as the built-in function format() writes it. */
    static String spec(Value value, String spec) {
        if (spec.isEmpty()) {
            return PythonText.of(value);
        }
        if (value instanceof bramble.value.ObjectValue object) {
            var formatted = object.operate("format", new Text(spec));
            if (formatted.isPresent()) {
                return PythonText.of(formatted.get());
            }
        }
        Matcher m = SPEC.matcher(spec);
        if (!m.matches()) {
            throw new TemplateException("Invalid format specifier '" + spec + "'");
        }
        String type = m.group(10) == null ? "" : m.group(10);
        boolean numeric = Python.number(value) && !type.equals("s")
                && !(value instanceof bramble.value.Bool && type.isEmpty());
        if (!numeric && !type.isEmpty() && !type.equals("s")) {
            throw new TemplateException(
                    "Unknown format code '" + type + "' for object of type '" + Python.type(value) + "'");
        }
        boolean zero = m.group(6) != null;
        String fill = m.group(1) != null ? m.group(1) : zero ? "0" : " ";
        String align = m.group(2) != null ? m.group(2) : numeric ? zero ? "=" : ">" : "<";
        int width = m.group(7) == null ? 0 : Width.of(m.group(7));
        int precision = m.group(9) == null ? -1 : Width.of(m.group(9));
        String sign = "";
        String body;
        if (numeric) {
            boolean negative = Python.compare(value, new Int(BigInteger.ZERO)) < 0
                    || (value instanceof Real(double number) && 1 / number < 0);
            String plus = m.group(3) == null ? "-" : m.group(3);
            sign = negative ? "-" : plus.equals("-") ? "" : plus;
            body = number(value, type, precision, m.group(5) != null);
            if (m.group(5) != null && !type.isEmpty() && "xXob".contains(type)) {
                sign += "0" + type;
            }
            body = grouped(body, m.group(8), type);
        } else {
            body = PythonText.of(value);
            body = precision >= 0 && precision < body.length() ? body.substring(0, precision) : body;
        }
        int pad = Math.max(0, width - sign.length() - body.codePointCount(0, body.length()));
        return switch (align) {
            case "<" -> sign + body + fill.repeat(pad);
            case ">" -> fill.repeat(pad) + sign + body;
            case "^" -> fill.repeat(pad / 2) + sign + body + fill.repeat(pad - pad / 2);
            default -> sign + fill.repeat(pad) + body;
        };
    }

    private static String number(Value value, String type, int precision, boolean alternate) {
        if (value instanceof Real(double number) && type.isEmpty()) {
            return precision < 0
                    ? PythonText.real(Math.abs(number))
                    : Numbers.format(Math.abs(number), 'g', precision, alternate);
        }
        switch (type) {
            case "f", "F", "e", "E", "g", "G" -> {
                return Numbers.format(Math.abs(Python.real(value)), type.charAt(0), precision < 0 ? 6 : precision,
                        alternate);
            }
            case "%" -> {
                return Numbers.format(Math.abs(Python.real(value)) * 100, 'f', precision < 0 ? 6 : precision, false)
                        + "%";
            }
            default -> {
                BigInteger number = Python.integer(value).orElseThrow(() -> new TemplateException(
                        "Unknown format code '" + type + "' for object of type 'float'")).abs();
                return switch (type) {
                    case "", "d", "n" -> number.toString();
                    case "x" -> number.toString(16);
                    case "X" -> number.toString(16).toUpperCase(Locale.ROOT);
                    case "o" -> number.toString(8);
                    case "b" -> number.toString(2);
                    case "c" -> Python.character(number);
                    default ->
                        throw new TemplateException("Unknown format code '" + type + "' for object of type 'int'");
                };
            }
        }
    }

    private static String grouped(String digits, @org.jspecify.annotations.Nullable String separator, String type) {
        if (separator == null) {
            return digits;
        }
        int whole = 0;
        while (whole < digits.length() && Character.digit(digits.charAt(whole), 16) >= 0
                && digits.charAt(whole) != '.') {
            whole++;
        }
        int size = !type.isEmpty() && "xXob".contains(type) ? 4 : 3;
        var out = new StringBuilder(digits);
        for (int i = whole - size; i > 0; i -= size) {
            out.insert(i, separator);
        }
        return out.toString();
    }

}
