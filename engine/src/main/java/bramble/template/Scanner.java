package bramble.template;

import bramble.template.DocumentOptions.Delimiters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into its parts. It knows strings and brackets inside of tags, so that <code>{{ {'a': {}} }}</code> ends
 * where it should, and it does the white space control.
 */
final class Scanner {
    private static final Pattern NEWLINE = Pattern.compile("\r\n|\r|\n");

    private final String text;
    private final DocumentOptions options;
    private final Delimiters marks;
    private final Pattern endRaw;
    /** What starts such statements, and such comments. */
    private final Map<Pattern, Boolean> lines = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private boolean mutating;
    private boolean stripNext;

    /** A template's parts, and whether it calls a method that changes a list or mapping. */
    record Result(List<Part> parts, boolean mutating) {}

    private final boolean inline;

    private Scanner(String text, DocumentOptions options, boolean inline) {
        this.inline = inline;
        this.text = text;
        this.options = options;
        this.marks = options.delimiters();
        if (!marks.lineStatement().isEmpty()) {
            lines.put(Pattern.compile("(?m)^[ \\t\\x0b]*" + Pattern.quote(marks.lineStatement())), true);
        }
        if (!marks.lineComment().isEmpty()) {
            lines.put(Pattern.compile("(?m)(?:^|(?<=\\S))[^\\S\r\n]*" + Pattern.quote(marks.lineComment())), false);
        }
        this.endRaw = Pattern.compile(
                Pattern.quote(marks.blockStart()) + "([-+]?)\\s*endraw\\s*([-+]?)" + Pattern.quote(marks.blockEnd()));
    }

    /**
     * @param start where the template itself starts
     * @param inline whether it stands in YAML
     */
    static Result scan(String text, int start, DocumentOptions options, boolean inline) {
        var scanner = new Scanner(text, options, inline);
        scanner.run(start);
        return new Result(scanner.parts, scanner.mutating);
    }

    private void run(int start) {
        int end = text.length();
        if (text.endsWith("\r\n")) {
            end -= 2;
        } else if (text.endsWith("\n") || text.endsWith("\r")) {
            end--; // given back, where it is wanted, once the result is known
        }
        int at = start;
        while (at < end) {
            int open = opening(at);
            Optional<Line> line = lines.isEmpty() ? Optional.empty() : line(at, open < 0 ? end : open);
            if (line.isPresent()) {
                data(at, line.get().start(), "", false);
                at = line(line.get());
                continue;
            }
            if (open < 0 || open >= end) {
                data(at, end, "", false);
                return;
            }
            boolean variable = text.startsWith(marks.variableStart(), open)
                    && longest(open).equals(marks.variableStart());
            String mark = longest(open);
            int inside = open + mark.length();
            char sign = inside < text.length() ? text.charAt(inside) : ' ';
            String control = sign == '-' || (sign == '+' && !variable) ? String.valueOf(sign) : "";
            data(at, open, control, !variable);
            inside += control.length();
            at = variable
                    ? output(open, inside)
                    : mark.equals(marks.commentStart()) ? comment(open, inside) : block(open, inside);
        }
    }

    /**
     * A statement or a comment that goes to the end of its line.
     *
     * @param start where it starts, with the blanks before it
     * @param inside behind its prefix
     */
    private record Line(int start, int inside, boolean statement) {}

    /** The first such line that starts before the end that is given. */
    private Optional<Line> line(int from, int end) {
        Optional<Line> first = Optional.empty();
        for (var prefix : lines.entrySet()) {
            Matcher found = prefix.getKey().matcher(text).region(from, text.length()).useTransparentBounds(true)
                    .useAnchoringBounds(false);
            if (found.find() && found.start() < end
                    && first.filter(line -> line.start() < found.start()
                            || (line.start() == found.start() && line.inside() > found.end())).isEmpty()) {
                first = Optional.of(new Line(found.start(), found.end(), prefix.getValue()));
            }
        }
        return first;
    }

    /** Takes such a line; the offset behind it. A statement's newline goes with it, unless it is the text's last. */
    private int line(Line line) {
        if (!line.statement()) {
            Matcher newline = NEWLINE.matcher(text);
            return newline.find(line.inside()) ? newline.start() : text.length();
        }
        int close = close(line.inside(), line.inside(), "\n");
        int end = close;
        while (end > line.inside() && (Character.isWhitespace(text.charAt(end - 1)) || text.charAt(end - 1) == ':')) {
            end--;
        }
        Token name = Lexer.tokens(text, line.inside(), end).getFirst();
        if (name.kind() != Token.Kind.NAME) {
            throw new SyntaxException(line.inside(), "a tag has no name");
        }
        parts.add(new Part.Tag(name.text(), name.at(), name.at() + name.text().length(), end));
        return Math.min(close + 1, text.length());
    }

    private int opening(int from) {
        int first = -1;
        for (String mark : List.of(marks.variableStart(), marks.blockStart(), marks.commentStart())) {
            int at = text.indexOf(mark, from);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first;
    }

    private String longest(int open) {
        String longest = "";
        for (String mark : List.of(marks.commentStart(), marks.blockStart(), marks.variableStart())) {
            if (mark.length() > longest.length() && text.startsWith(mark, open)) {
                longest = mark;
            }
        }
        return longest;
    }

    private void data(int from, int to, String control, boolean block) {
        int start = from;
        if (stripNext) {
            while (start < to && Character.isWhitespace(text.charAt(start))) {
                start++;
            }
        }
        stripNext = false;
        String data = text.substring(start, to);
        if (control.equals("-")) {
            data = data.stripTrailing();
        } else if (block && options.lstripBlocks() && !control.equals("+")) {
            int line = Math.max(data.lastIndexOf('\n'), data.lastIndexOf('\r')) + 1;
            boolean fromLineStart = line > 0 || start == 0 || text.charAt(start - 1) == '\n';
            if (fromLineStart && data.substring(line).isBlank()) {
                data = data.substring(0, line);
            }
        }
        plain(data);
    }

    private void plain(String data) {
        if (!data.isEmpty()) {
            boolean same = options.newlineSequence().equals("\n") && data.indexOf('\r') < 0;
            String text = same
                    ? data
                    : NEWLINE.matcher(data).replaceAll(Matcher.quoteReplacement(options.newlineSequence()));
            parts.add(new Part.Data(text));
        }
    }

    /** The offset after a closing mark, with what its sign asks for done. */
    private int after(int close, String mark, boolean block) {
        int at = close + mark.length();
        char sign = close > 0 ? text.charAt(close - 1) : ' ';
        if (sign == '-') {
            stripNext = true;
        } else if (block && options.trimBlocks() && sign != '+') {
            if (text.startsWith("\r\n", at)) {
                return at + 2;
            }
            return text.startsWith("\n", at) || text.startsWith("\r", at) ? at + 1 : at;
        }
        return at;
    }

    private int comment(int open, int inside) {
        int close = text.indexOf(marks.commentEnd(), inside);
        if (close < 0) {
            throw new SyntaxException(open, "a comment starts here and does not end",
                    "Its closing \"" + marks.commentEnd() + "\" is missing.");
        }
        return after(close, marks.commentEnd(), true);
    }

    private int output(int open, int inside) {
        int close = close(open, inside, marks.variableEnd());
        int end = text.charAt(close - 1) == '-' && close - 1 >= inside ? close - 1 : close;
        var parser = new Parser(text, inside, end, new Lexer.Strings(inline, options.newlineSequence()));
        Expression expression = parser.tuple();
        parser.end();
        mutating |= parser.mutating();
        parts.add(new Part.Output(expression));
        return end < close ? after(close, marks.variableEnd(), false) : close + marks.variableEnd().length();
    }

    private int block(int open, int inside) {
        int close = close(open, inside, marks.blockEnd());
        int end = close - 1 >= inside && "-+".indexOf(text.charAt(close - 1)) >= 0 ? close - 1 : close;
        List<Token> tokens = Lexer.tokens(text, inside, end);
        Token name = tokens.getFirst();
        if (name.kind() != Token.Kind.NAME) {
            throw new SyntaxException(open, "a tag has no name");
        }
        if (name.text().equals("raw")) {
            return raw(open, close, end < close ? text.charAt(end) : ' ');
        }
        for (int i = 2; i + 1 < tokens.size(); i++) {
            mutating |= tokens.get(i - 1).is(".") && tokens.get(i + 1).is("(") && Parser.mutates(tokens.get(i).text());
        }
        parts.add(new Part.Tag(name.text(), name.at(), name.at() + name.text().length(), end));
        return after(close, marks.blockEnd(), true);
    }

    private int raw(int open, int close, char sign) {
        int start = close + marks.blockEnd().length();
        Matcher end = endRaw.matcher(text);
        if (!end.find(start)) {
            throw new SyntaxException(open, "a raw block starts here and does not end", "Its \"endraw\" is missing.");
        }
        String data = text.substring(start, end.start());
        data = sign == '-' ? data.stripLeading() : data;
        if (end.group(1).equals("-")) {
            data = data.stripTrailing();
        } else if (options.lstripBlocks() && !end.group(1).equals("+")) {
            int line = data.lastIndexOf('\n') + 1;
            data = line > 0 && data.substring(line).isBlank() ? data.substring(0, line) : data;
        }
        plain(data);
        return after(end.end() - marks.blockEnd().length(), marks.blockEnd(), true);
    }

    /** Where the closing mark is, outside of strings and brackets. */
    private int close(int open, int inside, String mark) {
        Deque<Character> brackets = new ArrayDeque<>();
        int at = inside;
        while (at < text.length()) {
            if (brackets.isEmpty() && text.startsWith(mark, at)) {
                return at;
            }
            char c = text.charAt(at);
            switch (c) {
                case '\'', '"' -> {
                    int start = at++;
                    while (at < text.length() && text.charAt(at) != c) {
                        at += text.charAt(at) == '\\' ? 2 : 1;
                    }
                    if (at >= text.length()) {
                        throw new SyntaxException(start, "a string starts here and does not end",
                                "Its closing " + c + " is missing.");
                    }
                }
                case '(' -> brackets.push(')');
                case '[' -> brackets.push(']');
                case '{' -> brackets.push('}');
                case ')', ']', '}' -> {
                    if (!brackets.isEmpty() && brackets.peek() != c) {
                        throw new SyntaxException(at,
                                "there is '" + c + "' where '" + brackets.peek() + "' is expected");
                    }
                    brackets.poll();
                }
                default -> {
                }
            }
            at++;
        }
        if (mark.equals("\n") && brackets.isEmpty()) {
            return text.length();
        }
        throw new SyntaxException(open, "\"" + text.substring(open, inside) + "\" starts here and does not end",
                "Its closing \"" + mark + "\" is missing.");
    }
}
