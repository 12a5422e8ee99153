package bramble.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the replacement syntax of Python's {@code re.sub}. */
final class ReplacementReader {
    private final String text;
    private final int groupCount;
    private final Map<String, Integer> names;
    private final List<Object> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int at;

    ReplacementReader(String text, int groupCount, Map<String, Integer> names) {
        this.text = text;
        this.groupCount = groupCount;
        this.names = names;
    }

    PythonRegex.Replacement read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\') {
                escape();
            } else {
                literal.append(c);
                at++;
            }
        }
        flush();
        return new PythonRegex.Replacement(List.copyOf(parts));
    }

    private void escape() {
        int start = at;
        if (at + 1 >= text.length()) {
            throw new RegexException("bad escape (end of pattern)", start);
        }
        char c = text.charAt(at + 1);
        at += 2;
        switch (c) {
            case 'g' -> named(start);
            case '0' -> {
                int end = at;
                while (end < text.length() && end < at + 2 && octal(text.charAt(end))) {
                    end++;
                }
                literal.append((char) (end == at ? 0 : Integer.parseInt(text.substring(at, end), 8)));
                at = end;
            }
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> numbered(start);
            case 'n' -> literal.append('\n');
            case 't' -> literal.append('\t');
            case 'r' -> literal.append('\r');
            case 'a' -> literal.append('\u0007');
            case 'b' -> literal.append('\b');
            case 'f' -> literal.append('\f');
            case 'v' -> literal.append('\u000b');
            case '\\' -> literal.append('\\');
            default -> {
                if (Character.isLetter(c) && c < 128) {
                    throw new RegexException("bad escape \\" + c, start);
                }
                literal.append('\\').append(c);
            }
        }
    }

    private void numbered(int start) {
        int end = at;
        if (end < text.length() && Character.digit(text.charAt(end), 10) >= 0) {
            if (end + 1 < text.length() && octal(text.charAt(start + 1)) && octal(text.charAt(end))
                    && octal(text.charAt(end + 1))) {
                int code = Integer.parseInt(text.substring(start + 1, end + 2), 8);
                if (code > 255) {
                    throw new RegexException(
                            "octal escape value " + text.substring(start, end + 2) + " outside of range 0-0o377",
                            start);
                }
                literal.append((char) code);
                at = end + 2;
                return;
            }
            end++;
        }
        group(Integer.parseInt(text.substring(start + 1, end)), start + 1);
        at = end;
    }

    private void named(int start) {
        if (at >= text.length() || text.charAt(at) != '<') {
            throw new RegexException("missing <", at);
        }
        int end = text.indexOf('>', at);
        if (end < 0) {
            throw new RegexException("missing >, unterminated name", at + 1);
        }
        String name = text.substring(at + 1, end);
        if (name.isEmpty()) {
            throw new RegexException("missing group name", at + 1);
        }
        if (name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            group(Integer.parseInt(name), at + 1);
        } else {
            Integer number = names.get(name);
            if (number == null) {
                throw new RegexException("unknown group name '" + name + "'", at + 1);
            }
            group(number, start);
        }
        at = end + 1;
    }

    private void group(int number, int position) {
        if (number > groupCount) {
            throw new RegexException("invalid group reference " + number, position);
        }
        flush();
        parts.add(number);
    }

    private void flush() {
        if (!literal.isEmpty()) {
            parts.add(literal.toString());
            literal.setLength(0);
        }
    }

    private static boolean octal(char c) {
        return c >= '0' && c <= '7';
    }
}
