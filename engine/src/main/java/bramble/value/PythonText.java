package bramble.value;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's text forms of values: what {@code str()} and {@code repr()} print. */
public final class PythonText {
    private PythonText() {}

    /** What {@code str(value)} prints. */
    public static String of(Value value) {
        if (value instanceof Text(String text)) {
            return text;
        }
        var out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    /** What {@code repr(value)} prints: as {@link #of}, but text in quotes. */
    public static String repr(Value value) {
        var out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private static void repr(Value value, StringBuilder out) {
        switch (value) {
            case None _ -> out.append("None");
            case Bool bool -> out.append(bool.value() ? "True" : "False");
            case Int number -> out.append(number.digits());
            case Real(double number) -> out.append(real(number));
            case Text(String text) -> quote(text, out);
            case Template(String text, _) -> quote(text, out);
            case Vaulted(String envelope, _) -> quote(envelope, out);
            case ListValue list -> {
                out.append('[');
                items(list.items(), out);
                out.append(']');
            }
            case TupleValue(List<Value> items) -> {
                out.append('(');
                items(items, out);
                out.append(items.size() == 1 ? ",)" : ")");
            }
            case MapValue map -> {
                out.append('{');
                for (Iterator<Map.Entry<Value, Value>> i = map.entries().entrySet().iterator(); i.hasNext();) {
                    var entry = i.next();
                    repr(entry.getKey(), out);
                    out.append(": ");
                    repr(entry.getValue(), out);
                    out.append(i.hasNext() ? ", " : "");
                }
                out.append('}');
            }
            case ObjectValue object -> out.append(object.text());
            case Callable _ -> out.append("<function>");
            case Omit _ -> out.append("<<Omit>>");
            case Undefined(String what, var source, var hint, _) ->
                throw new ProblemException(Problem.error(source, what, hint.get()));
            case Unknown(String why) -> throw new UnknownValueException(why);
        }
    }

    private static void items(List<Value> items, StringBuilder out) {
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            repr(items.get(i), out);
        }
    }

    /** A float: the shortest digits that read back as the same number, with an exponent below 1e-4 and from 1e16 on. */
    public static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        var decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : String.valueOf(Math.abs(exponent));
            return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
        }
        String plain = decimal.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }

    private static void quote(String text, StringBuilder out) {
        char mark = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(mark);
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int point = text.codePointAt(i);
            switch (point) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (point == mark) {
                        out.append('\\').append(mark);
                    } else if (printable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        int width = point < 0x100 ? 2 : point < 0x10000 ? 4 : 8;
                        out.append('\\').append(width == 2 ? 'x' : width == 4 ? 'u' : 'U');
                        out.append("0".repeat(width - Integer.toHexString(point).length()));
                        out.append(Integer.toHexString(point));
                    }
                }
            }
        }
        out.append(mark);
    }

    private static boolean printable(int point) {
        return point == ' ' || switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
