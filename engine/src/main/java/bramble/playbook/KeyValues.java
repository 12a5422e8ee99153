package bramble.playbook;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * Arguments in one line: {@code src=a dest="b c" mode=0644}. Quotes keep white space together, and so do the braces of
 * templates. What has no {@code =} is free text.
 */
final class KeyValues {
    /** Of a command line, only these are arguments; any other {@code a=b} is part of the command. */
    private static final Set<String> COMMAND_OPTIONS = Set.of("creates", "removes", "chdir", "executable", "warn",
            "stdin",
            "stdin_add_newline", "strip_empty_ends");

    /** How deep quotes and templates may stand in each other. */
    private static final int MAX_DEPTH = 8;

    private final Node.Scalar scalar;
    private final String text;

    private KeyValues(Node.Scalar scalar) {
        this.scalar = scalar;
        this.text = scalar.text();
    }

    /**
     * The arguments; free text is {@link ActionCall#FREE_FORM}.
     *
     * @param command whether the text is a command line
     * @throws ProblemException where a quote or brace isn't closed
     */
    static MapValue parse(Node.Scalar scalar, boolean command) {
        return new KeyValues(scalar).arguments(command);
    }

    /** The first word of a text and what follows it; a template counts as one word. */
    static List<Node.Scalar> firstWord(Node.Scalar scalar) {
        var reader = new KeyValues(scalar);
        List<Word> words = reader.words();
        if (words.isEmpty()) {
            return List.of();
        }
        Word first = words.getFirst();
        int rest = words.size() > 1 ? words.get(1).start() : reader.text.length();
        return List.of(reader.part(first.start(), first.end()), reader.part(rest, reader.text.length()));
    }

    private record Word(int start, int end) {}

    private MapValue arguments(boolean command) {
        var arguments = new LinkedHashMap<Value, Value>();
        var free = new StringBuilder();
        int from = 0;
        boolean any = false;
        for (Word word : words()) {
            int equals = equalsSign(word);
            String key = equals < 0 ? "" : text.substring(word.start(), equals).strip();
            boolean argument = equals > word.start() && (!command || COMMAND_OPTIONS.contains(key));
            if (argument) {
                arguments.put(new Text(key), value(equals + 1, word.end()));
                from = skipBlanks(free, word.end());
            } else {
                free.append(text, from, word.end());
                from = word.end();
                any = true;
            }
        }
        if (any) {
            String rest = free.append(text.substring(from)).toString();
            String freeText = command ? withoutContinuations(trimEnds(rest)) : rest.strip();
            Value value = scalar.tag().equals("!unsafe") ? new Text(freeText) : Template.of(freeText, scalar.source());
            arguments.put(new Text(ActionCall.FREE_FORM), value);
        }
        return new MapValue(arguments);
    }

    private int skipBlanks(StringBuilder free, int from) {
        int at = from;
        boolean spaced = free.isEmpty() || Character.isWhitespace(free.charAt(free.length() - 1));
        while (spaced && at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    private static String trimEnds(String text) {
        return text.strip().isEmpty() ? "" : text.strip() + (text.endsWith("\n") ? "\n" : "");
    }

    private static String withoutContinuations(String text) {
        return text.replaceAll("(?<=\\s)\\\\\\r?\\n[ \\t]*", "");
    }

    private int equalsSign(Word word) {
        for (int i = word.start(); i < word.end(); i++) {
            if (text.charAt(i) == '=' && (i == word.start() || text.charAt(i - 1) != '\\')) {
                return i;
            }
        }
        return -1;
    }

    private Value value(int start, int end) {
        String raw = text.substring(start, end);
        boolean quoted = raw.length() > 1 && (raw.startsWith("\"") || raw.startsWith("'"))
                && raw.charAt(0) == raw.charAt(raw.length() - 1)
                && raw.charAt(raw.length() - 2) != '\\';
        String inner = unescape(quoted ? raw.substring(1, raw.length() - 1) : raw.strip());
        return scalar.tag().equals("!unsafe") ? new Text(inner) : Template.of(inner, place(quoted ? start + 1 : start));
    }

    private Node.Scalar part(int start, int end) {
        return new Node.Scalar(place(start), scalar.tag(), text.substring(start, end), false);
    }

    private Source place(int offset) {
        int lines = (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
        int lineStart = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
        return lines == 0 ? scalar.source().plus(0, offset) : scalar.source().plus(lines, offset - lineStart);
    }

    private List<Word> words() {
        var words = new ArrayList<Word>();
        int at = 0;
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else {
                int end = wordEnd(at);
                words.add(new Word(at, end));
                at = end;
            }
        }
        return words;
    }

    private int wordEnd(int start) {
        int at = start;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            char c = text.charAt(at);
            if (c == '\'' || c == '"') {
                int end = closingQuote(at, 0);
                if (end < 0) {
                    throw unclosed(at, "quote (" + c + ")", String.valueOf(c));
                }
                at = end;
            } else if (opensTemplate(at)) {
                int end = closingBrace(at, 0);
                if (end < 0) {
                    throw unclosed(at, "template", closing(at));
                }
                at = end;
            } else {
                at += c == '\\' && at + 1 < text.length() && "'\"".indexOf(text.charAt(at + 1)) >= 0 ? 2 : 1;
            }
        }
        return at;
    }

    private boolean opensTemplate(int at) {
        return text.charAt(at) == '{' && at + 1 < text.length() && "{%#".indexOf(text.charAt(at + 1)) >= 0;
    }

    private String closing(int open) {
        char kind = text.charAt(open + 1);
        return (kind == '{' ? "}" : String.valueOf(kind)) + "}";
    }

    /** Where the text goes on after a quote; -1 if it isn't closed. A template in it may have such quotes of its own. */
    private int closingQuote(int open, int depth) {
        char quote = text.charAt(open);
        int at = open + 1;
        while (at < text.length()) {
            if (text.charAt(at) == quote) {
                return at + 1;
            }
            int template = opensTemplate(at) ? closingBrace(at, depth + 1) : -1;
            at = template > 0 ? template : at + (text.charAt(at) == '\\' ? 2 : 1);
        }
        return -1;
    }

    /** Where the text goes on after a template; -1 if it isn't closed. */
    private int closingBrace(int open, int depth) {
        String end = closing(open);
        if (depth > MAX_DEPTH || open >= text.lastIndexOf(end)) {
            return -1;
        }
        boolean comment = end.equals("#}");
        int braces = 0;
        int at = open + 2;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (braces == 0 && text.startsWith(end, at)) {
                return at + 2;
            }
            boolean quote = !comment && (c == '\'' || c == '"');
            int after = quote ? closingQuote(at, depth + 1) : -1;
            if (after > 0) {
                at = after;
                continue;
            }
            if (!comment && c == '{') {
                braces++;
            } else if (!comment && c == '}') {
                braces = Math.max(0, braces - 1);
            }
            at++;
        }
        return -1;
    }

    private ProblemException unclosed(int open, String what, String end) {
        return new ProblemException(Problem.error(place(open), "Tried to split these arguments, but a " + what
                + " that begins here isn't closed.", "Expected " + end + " further on."));
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
            int digits = switch (next) {
                case 'x' -> 2;
                case 'u' -> 4;
                case 'U' -> 8;
                default -> 0;
            };
            int simple = "\\'\"abfnrtv".indexOf(next);
            if (c != '\\' || i + 1 >= text.length()) {
                out.append(c);
            } else if (simple >= 0) {
                out.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
                i++;
            } else if (digits > 0 && hexadecimal(text, i + 2, digits)) {
                out.appendCodePoint(Integer.parseInt(text, i + 2, i + 2 + digits, 16));
                i += 1 + digits;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean hexadecimal(String text, int from, int digits) {
        if (from + digits > text.length()) {
            return false;
        }
        String hex = text.substring(from, from + digits);
        return hex.chars().allMatch(c -> Character.digit(c, 16) >= 0) && (digits < 8 || hex.compareTo("0010ffff") <= 0
                || hex.compareToIgnoreCase("0010ffff") <= 0);
    }
}
