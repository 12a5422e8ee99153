package bramble.template;

import bramble.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts an expression into tokens. */
final class Lexer {
    private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%",
            "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";");

    private static final String OF_PATTERNS = "01234567abfv";

    private final String text;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private final Strings strings;

    /**
     * How strings are read.
     *
     * @param inline whether they stand in YAML: then what means something in a regular expression, {@code \1} or {@code \b},
     *     stays as it is written
     * @param newline what a line's end within a string is
     */
    record Strings(boolean inline, String newline) {
        static final Strings PLAIN = new Strings(false, "\n");
    }

    private Lexer(String text, int start, int end, Strings strings) {
        this.strings = strings;
        this.text = text;
        this.at = start;
        this.end = end;
    }

    /** The tokens of a part of a text, the last one of kind END. */
    static List<Token> tokens(String text, int start, int end) {
        return tokens(text, start, end, Strings.PLAIN);
    }

    static List<Token> tokens(String text, int start, int end, Strings strings) {
        return new Lexer(text, start, end, strings).run();
    }

    private List<Token> run() {
        while (at < end) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c) || c == '\u00a0') {
                at++;
            } else if (c == '\'' || c == '"') {
                string(c);
            } else if (c >= '0' && c <= '9') {
                number();
            } else if (Character.isUnicodeIdentifierStart(text.codePointAt(at)) || c == '_') {
                name();
            } else {
                operator(c);
            }
        }
        tokens.add(new Token(Kind.END, "", end));
        return tokens;
    }

    private void operator(char c) {
        for (String operator : OPERATORS) {
            if (text.startsWith(operator, at)) {
                tokens.add(new Token(Kind.OPERATOR, operator, at));
                at += operator.length();
                return;
            }
        }
        String hint = c == '!' ? "\"not\" negates." : c == '&' ? "\"and\" joins conditions." : "";
        throw new SyntaxException(at,
                "the character '" + Character.toString(text.codePointAt(at)) + "' can't stand here", hint);
    }

    private void name() {
        int start = at;
        while (at < end && (Character.isUnicodeIdentifierPart(text.codePointAt(at))
                && !Character.isIdentifierIgnorable(text.codePointAt(at)))) {
            at += Character.charCount(text.codePointAt(at));
        }
        tokens.add(new Token(Kind.NAME, text.substring(start, at), start));
    }

    private void number() {
        int start = at;
        boolean afterDot = !tokens.isEmpty() && tokens.getLast().is(".") && tokens.getLast().at() == start - 1;
        char second = at + 1 < end ? Character.toLowerCase(text.charAt(at + 1)) : ' ';
        int radix = text.charAt(at) != '0' ? 10 : second == 'x' ? 16 : second == 'o' ? 8 : second == 'b' ? 2 : 10;
        if (radix != 10) {
            at += 2;
            digits(radix);
            String digits = text.substring(start + 2, at).replace("_", "");
            if (!digits.isEmpty()) {
                tokens.add(new Token(Kind.INTEGER, new java.math.BigInteger(digits, radix).toString(), start));
                return;
            }
            at = start;
        }
        digits(10);
        boolean real = false;
        if (!afterDot) {
            if (at + 1 < end && text.charAt(at) == '.' && Character.digit(text.charAt(at + 1), 10) >= 0) {
                at++;
                digits(10);
                real = true;
            }
            if (at < end && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
                int digit = at + 1 < end && (text.charAt(at + 1) == '+' || text.charAt(at + 1) == '-')
                        ? at + 2
                        : at + 1;
                if (digit < end && Character.digit(text.charAt(digit), 10) >= 0) {
                    at = digit;
                    digits(10);
                    real = true;
                }
            }
        }
        tokens.add(new Token(real ? Kind.FLOAT : Kind.INTEGER, text.substring(start, at).replace("_", ""), start));
    }

    private void digits(int radix) {
        while (at < end && (digit(at, radix) || (text.charAt(at) == '_' && digit(at + 1, radix)))) {
            at++;
        }
    }

    private boolean digit(int place, int radix) {
        return place < end && text.charAt(place) < 0x80 && Character.digit(text.charAt(place), radix) >= 0;
    }

    private void string(char quote) {
        int start = at++;
        var out = new StringBuilder();
        while (at < end && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\n' || c == '\r') {
                at += c == '\r' && at < end && text.charAt(at) == '\n' ? 1 : 0;
                out.append(strings.newline());
            } else if (c != '\\' || at >= end) {
                out.append(c);
            } else {
                escape(out);
            }
        }
        if (at >= end) {
            throw new SyntaxException(start, "a string starts here and does not end",
                    "Its closing " + quote + " is missing.");
        }
        at++;
        tokens.add(new Token(Kind.STRING, out.toString(), start));
    }

    private void escape(StringBuilder out) {
        char c = text.charAt(at++);
        if (strings.inline() && OF_PATTERNS.indexOf(c) >= 0) {
            out.append('\\').append(c);
            return;
        }
        switch (c) {
            case '\n' -> {
            }
            case '\\', '\'', '"' -> out.append(c);
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'v' -> out.append('\u000b');
            case 'x' -> hex(out, c, 2);
            case 'u' -> hex(out, c, 4);
            case 'U' -> hex(out, c, 8);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int value = c - '0';
                for (int i = 0; i < 2 && at < end && text.charAt(at) >= '0' && text.charAt(at) <= '7'; i++) {
                    value = value * 8 + text.charAt(at++) - '0';
                }
                out.appendCodePoint(value);
            }
            default -> out.append('\\').append(c);
        }
    }

    private void hex(StringBuilder out, char letter, int length) {
        if (at + length <= end && text.substring(at, at + length).chars().allMatch(d -> Character.digit(d, 16) >= 0)) {
            int point = Integer.parseUnsignedInt(text, at, at + length, 16);
            if (Character.isValidCodePoint(point)) {
                out.appendCodePoint(point);
                at += length;
                return;
            }
        }
        throw new SyntaxException(at - 2, "\\" + letter + " must be followed by " + length + " hexadecimal digits");
    }
}
