package bramble.value;

import bramble.problem.Source;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Python would read as a literal: a number, True, None, a quoted text, a list, a tuple, a dict. */
public final class PythonLiteral {
    private static final int DEEPEST = 60;
    private static final Pattern NUMBER = Pattern.compile(
            """
                    (?:0[xX](?<hex>(?:_?[0-9a-fA-F])++)|0[oO](?<octal>(?:_?[0-7])++)|0[bB](?<binary>(?:_?[01])++)\
                    |(?<real>(?:[0-9](?:_?[0-9])*+\\.(?:[0-9](?:_?[0-9])*+)?|\\.[0-9](?:_?[0-9])*+)(?:[eE][-+]?[0-9](?:_?[0-9])*+)?\
                    |[0-9](?:_?[0-9])*+[eE][-+]?[0-9](?:_?[0-9])*+)\
                    |(?<whole>[1-9](?:_?[0-9])*+|0(?:_?0)*+))(?![\\w.])""");

    private final String text;
    private final Optional<Source> source;
    private int at;

    private PythonLiteral(String text, Optional<Source> source) {
        this.text = text;
        this.source = source;
    }

    /** The value of a text that is no template, nor anything in it; empty if it is no literal. */
    public static Optional<Value> read(String text) {
        return new PythonLiteral(text, Optional.empty()).whole();
    }

    /** The value of a text that the user wrote: everything that is no literal is text. */
    public static Value of(String text, Source source) {
        return new PythonLiteral(text, Optional.of(source)).whole().orElseGet(() -> Template.of(text, source));
    }

    private static final class NoLiteral extends RuntimeException {
        private NoLiteral() {
            super("no literal", null, false, false);
        }
    }

    private Optional<Value> whole() {
        try {
            Value first = value(0);
            skip();
            if (at < text.length() && text.charAt(at) == ',') {
                first = tuple(first, 0);
                skip();
            }
            return at == text.length() ? Optional.of(first) : Optional.empty();
        } catch (NoLiteral _) {
            return Optional.empty();
        }
    }

    private void skip() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '#') {
            at = text.length();
        }
    }

    private boolean take(char c) {
        skip();
        boolean there = at < text.length() && text.charAt(at) == c;
        if (there) {
            at++;
        }
        return there;
    }

    private Value value(int depth) {
        skip();
        if (at == text.length() || depth > DEEPEST) {
            throw new NoLiteral();
        }
        char c = text.charAt(at);
        return switch (c) {
            case '[' -> new ListValue(items(']', depth));
            case '(' -> parenthesized(depth);
            case '{' -> dict(depth);
            case '\'', '"', 'r', 'R', 'u', 'U' -> strings();
            case '+', '-' -> {
                at++;
                skip();
                yield number(c == '-');
            }
            case 'T', 'F', 'N' -> word();
            default -> number(false);
        };
    }

    private Value word() {
        for (var word : List.of("True", "False", "None")) {
            int end = at + word.length();
            if (text.startsWith(word, at)
                    && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)))) {
                at = end;
                return word.equals("None") ? None.NONE : Bool.of(word.equals("True"));
            }
        }
        throw new NoLiteral();
    }

    private Value number(boolean negative) {
        Matcher matcher = NUMBER.matcher(text).region(at, text.length()).useTransparentBounds(true);
        if (!matcher.lookingAt()) {
            throw new NoLiteral();
        }
        at = matcher.end();
        if (matcher.group("real") != null) {
            double number = Double.parseDouble(matcher.group("real").replace("_", ""));
            return new Real(negative ? -number : number);
        }
        String digits = matcher.group("whole");
        int radix = 10;
        if (matcher.group("hex") != null) {
            digits = matcher.group("hex");
            radix = 16;
        } else if (matcher.group("octal") != null) {
            digits = matcher.group("octal");
            radix = 8;
        } else if (matcher.group("binary") != null) {
            digits = matcher.group("binary");
            radix = 2;
        }
        var number = new BigInteger(digits.replace("_", ""), radix);
        return new Int(negative ? number.negate() : number);
    }

    private List<Value> items(char close, int depth) {
        at++;
        var items = new ArrayList<Value>();
        while (!take(close)) {
            items.add(value(depth + 1));
            if (!take(',') && !(take(close) && at-- > 0)) {
                throw new NoLiteral();
            }
        }
        return items;
    }

    private Value parenthesized(int depth) {
        at++;
        if (take(')')) {
            return TupleValue.of();
        }
        Value first = value(depth + 1);
        if (take(')')) {
            return first;
        }
        Value tuple = tuple(first, depth + 1);
        if (!take(')')) {
            throw new NoLiteral();
        }
        return tuple;
    }

    private TupleValue tuple(Value first, int depth) {
        var items = new ArrayList<>(List.of(first));
        while (take(',')) {
            skip();
            if (at == text.length() || text.charAt(at) == ')') {
                break;
            }
            items.add(value(depth + 1));
        }
        return new TupleValue(items);
    }

    private Value dict(int depth) {
        at++;
        var entries = new LinkedHashMap<Value, Value>();
        while (!take('}')) {
            Value key = switch (value(depth + 1)) {
                case Template template -> Value.text(template.text());
                case ListValue _,MapValue _ -> throw new NoLiteral();
                case Value other -> other;
            };
            if (!take(':')) {
                throw new NoLiteral();
            }
            entries.put(key, value(depth + 1));
            if (!take(',') && !(take('}') && at-- > 0)) {
                throw new NoLiteral();
            }
        }
        return new MapValue(entries);
    }

    /** One string or several side by side, which are one. */
    private Value strings() {
        var joined = new StringBuilder();
        int start = at + 1;
        do {
            string(joined);
            skip();
        } while (at < text.length() && "'\"".indexOf(text.charAt(at)) >= 0);
        String whole = joined.toString();
        return source.<Value>map(place -> Template.of(whole, place.plus(0, start))).orElseGet(() -> new Text(whole));
    }

    private void string(StringBuilder joined) {
        char prefix = text.charAt(at);
        boolean raw = prefix == 'r' || prefix == 'R';
        if (raw || prefix == 'u' || prefix == 'U') {
            at++;
        }
        if (at == text.length() || "'\"".indexOf(text.charAt(at)) < 0) {
            throw new NoLiteral();
        }
        char quote = text.charAt(at);
        String triple = String.valueOf(quote).repeat(3);
        String close = text.startsWith(triple, at) ? triple : String.valueOf(quote);
        at += close.length();
        while (!text.startsWith(close, at)) {
            if (at >= text.length()) {
                throw new NoLiteral();
            }
            char c = text.charAt(at++);
            if (c != '\\') {
                joined.append(c);
            } else if (at == text.length()) {
                throw new NoLiteral();
            } else if (raw) {
                joined.append(c).append(text.charAt(at++));
            } else {
                escape(joined);
            }
        }
        at += close.length();
    }

    private void escape(StringBuilder joined) {
        char c = text.charAt(at++);
        switch (c) {
            case 'n' -> joined.append('\n');
            case 't' -> joined.append('\t');
            case 'r' -> joined.append('\r');
            case 'a' -> joined.append('\u0007');
            case 'b' -> joined.append('\b');
            case 'f' -> joined.append('\f');
            case 'v' -> joined.append('\u000b');
            case '\\', '\'', '"' -> joined.append(c);
            case 'x' -> code(joined, 2, 16);
            case 'u' -> code(joined, 4, 16);
            case 'U' -> code(joined, 8, 16);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                at--;
                int digits = 1;
                while (digits < 3 && at + digits < text.length() && Character.digit(text.charAt(at + digits), 8) >= 0) {
                    digits++;
                }
                code(joined, digits, 8);
            }
            case 'N' -> throw new NoLiteral();
            default -> joined.append('\\').append(c);
        }
    }

    private void code(StringBuilder joined, int digits, int radix) {
        if (at + digits > text.length()) {
            throw new NoLiteral();
        }
        String number = text.substring(at, at + digits);
        if (!number.chars().allMatch(digit -> Character.digit(digit, radix) >= 0)) {
            throw new NoLiteral();
        }
        long code = Long.parseLong(number, radix);
        if (code > Character.MAX_CODE_POINT) {
            throw new NoLiteral();
        }
        joined.appendCodePoint((int) code);
        at += digits;
    }
}
