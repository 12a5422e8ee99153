package bramble.yaml;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads TOML 1.0 into the tree that YAML is read into, with the place of each key and value.
 *
 * @see <a href="https://toml.io/en/v1.0.0">TOML</a>
 */
public final class TomlReader {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]");
    private static final Pattern DIGITS = Pattern.compile("[+-]?(?:0|[1-9](?:_?\\d)*)");
    private static final Pattern FLOAT = Pattern
            .compile("[+-]?(?:0|[1-9](?:_?\\d)*)(?:\\.\\d(?:_?\\d)*)?(?:[eE][+-]?\\d(?:_?\\d)*)?");
    private static final Pattern TIME = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d(?:[Tt ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)?)?"
                    + "|\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?");
    private static final int DEEPEST = 100;

    private final String text;
    private final String file;
    private int at;
    private int line = 1;
    private int lineStart;

    private TomlReader(String text, String file) {
        this.text = text;
        this.file = file;
    }

    /** A table in the making. */
    private static final class Table {
        private final Source source;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private boolean open = true;
        private boolean named;

        Table(Source source) {
            this.source = source;
        }

        Node node() {
            return new Node.Fields(source, "", entries.values().stream()
                    .map(entry -> new Node.Field(entry.key, entry.content.node())).toList());
        }
    }

    private record Entry(Node.Scalar key, Content content) {}

    private sealed interface Content {
        Node node();

        record Whole(Node node) implements Content {}

        record Sub(Table table) implements Content {
            @Override
            public Node node() {
                return table.node();
            }
        }

        record Many(Source source, List<Table> tables) implements Content {
            @Override
            public Node node() {
                return new Node.Items(source, "", tables.stream().map(Table::node).toList());
            }
        }
    }

    /**
     * The tables of a text.
     *
     * @throws ProblemException with line and column of what is no TOML
     */
    public static Node.Fields read(String text, String file) {
        return (Node.Fields) new TomlReader(text, file).document().node();
    }

    private Table document() {
        var root = new Table(new Source(file, 1, 1));
        Table current = root;
        for (skip(true); at < text.length(); skip(true)) {
            if (peek() == '[') {
                current = header(root);
            } else {
                pair(current, 0);
            }
            skip(false);
            if (at < text.length() && peek() != '\n') {
                throw wrong("the end of the line", "Write one entry a line.");
            }
        }
        return root;
    }

    private Table header(Table root) {
        Source source = here();
        boolean many = text.startsWith("[[", at);
        at += many ? 2 : 1;
        List<Node.Scalar> path = path();
        if (!text.startsWith(many ? "]]" : "]", at)) {
            throw wrong(many ? "\"]]\"" : "\"]\"", "");
        }
        at += many ? 2 : 1;
        Table table = root;
        for (Node.Scalar key : path.subList(0, path.size() - 1)) {
            table = below(table, key, false);
        }
        Node.Scalar last = path.getLast();
        Entry there = table.entries.get(last.text());
        if (many) {
            if (there == null) {
                there = new Entry(last, new Content.Many(source, new ArrayList<>()));
                table.entries.put(last.text(), there);
            }
            if (!(there.content instanceof Content.Many(var _, List<Table> tables))) {
                throw twice(last, there);
            }
            tables.add(new Table(source));
            return tables.getLast();
        }
        Table found = below(table, last, true);
        if (found.named || !found.open) {
            throw twice(last, there == null ? new Entry(last, new Content.Sub(found)) : there);
        }
        found.named = true;
        return found;
    }

    /** The table of a name below another one, made if need be. */
    private Table below(Table table, Node.Scalar key, boolean last) {
        Entry entry = table.entries.computeIfAbsent(key.text(),
                _ -> new Entry(key, new Content.Sub(new Table(key.source()))));
        return switch (entry.content) {
            case Content.Sub(Table found) when found.open -> found;
            case Content.Many(var _, List<Table> tables) when !last -> tables.getLast();
            case Content _ -> throw twice(key, entry);
        };
    }

    private ProblemException twice(Node.Scalar key, Entry before) {
        return new ProblemException(Problem.error(key.source(), "Tried to read \"" + key.text()
                + "\", but it was given before, in line " + before.key.source().line() + ".",
                "A name can stand once."));
    }

    private void pair(Table table, int depth) {
        List<Node.Scalar> path = path();
        blanks();
        if (at >= text.length() || peek() != '=') {
            throw wrong("\"=\"", "Write name = value, or [name] for a table.");
        }
        at++;
        blanks();
        Table target = table;
        for (Node.Scalar key : path.subList(0, path.size() - 1)) {
            target = below(target, key, false);
        }
        Node.Scalar last = path.getLast();
        Entry before = target.entries.get(last.text());
        if (before != null) {
            throw twice(last, before);
        }
        target.entries.put(last.text(), new Entry(last, value(depth)));
    }

    private List<Node.Scalar> path() {
        var path = new ArrayList<Node.Scalar>();
        do {
            if (!path.isEmpty()) {
                at++;
            }
            blanks();
            path.add(key());
            blanks();
        } while (at < text.length() && peek() == '.');
        return path;
    }

    private Node.Scalar key() {
        Source source = here();
        if (at < text.length() && (peek() == '"' || peek() == '\'')) {
            return new Node.Scalar(source, "", string(peek(), false), false);
        }
        int from = at;
        while (at < text.length() && BARE.matcher(text.substring(at, at + 1)).matches()) {
            at++;
        }
        if (at == from) {
            throw wrong("a name", "A name with other characters than letters, digits, _ and - needs quotes.");
        }
        return new Node.Scalar(source, "", text.substring(from, at), false);
    }

    private Content value(int depth) {
        if (depth > DEEPEST) {
            throw wrong("less depth", "Values can be nested " + DEEPEST + " deep.");
        }
        if (at >= text.length()) {
            throw wrong("a value", "");
        }
        Source source = here();
        return switch (peek()) {
            case '"', '\'' -> {
                char quote = peek();
                boolean lines = text.startsWith(String.valueOf(quote).repeat(3), at);
                yield new Content.Whole(new Node.Scalar(source, "", string(quote, lines), false));
            }
            case '[' -> new Content.Whole(array(source, depth));
            case '{' -> inline(source, depth);
            default -> new Content.Whole(word(source));
        };
    }

    private Node array(Source source, int depth) {
        at++;
        var items = new ArrayList<Node>();
        for (skip(true); at < text.length() && peek() != ']'; skip(true)) {
            items.add(value(depth + 1).node());
            skip(true);
            if (at < text.length() && peek() == ',') {
                at++;
            } else if (at < text.length() && peek() != ']') {
                throw wrong("\",\" or \"]\"", "");
            }
        }
        if (at >= text.length()) {
            throw wrong("\"]\"", "The list begins in line " + source.line() + ".");
        }
        at++;
        return new Node.Items(source, "", items);
    }

    private Content inline(Source source, int depth) {
        at++;
        var table = new Table(source);
        blanks();
        while (at < text.length() && peek() != '}') {
            pair(table, depth + 1);
            blanks();
            if (at < text.length() && peek() == ',') {
                at++;
                blanks();
            } else if (at >= text.length() || peek() != '}') {
                throw wrong("\",\" or \"}\"", "A table in braces stands on one line.");
            }
        }
        if (at >= text.length()) {
            throw wrong("\"}\"", "");
        }
        at++;
        table.open = false;
        return new Content.Sub(table);
    }

    private Node word(Source source) {
        int from = at;
        while (at < text.length() && ",]}#\n\r\t ".indexOf(peek()) < 0) {
            at++;
        }
        boolean date = at - from == 10 && at + 1 < text.length() && peek() == ' '
                && Character.isDigit(text.charAt(at + 1)) && TIME.matcher(text.substring(from, at)).matches();
        if (date) {
            for (at++; at < text.length() && ",]}#\n\r\t ".indexOf(peek()) < 0;) {
                at++;
            }
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false")) {
            return new Node.Scalar(source, "", word, true);
        }
        if (word.matches("[+-]?inf|[+-]?nan")) {
            return new Node.Scalar(source, "", word.replace("inf", ".inf").replaceFirst("[+-]?nan", ".nan")
                    .replace("+", ""), true);
        }
        if (DIGITS.matcher(word).matches()) {
            return new Node.Scalar(source, "", word.replace("_", "").replace("+", ""), true);
        }
        if (word.matches("0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*")) {
            int base = word.charAt(1) == 'x' ? 16 : word.charAt(1) == 'o' ? 8 : 2;
            return new Node.Scalar(source, "",
                    new BigInteger(word.substring(2).replace("_", ""), base).toString(), true);
        }
        if (FLOAT.matcher(word).matches()) {
            String number = word.replace("_", "").replace("+", "");
            String[] parts = number.split("[eE]", 2);
            String whole = parts[0].contains(".") ? parts[0] : parts[0] + ".0";
            return new Node.Scalar(source, "", parts.length == 1
                    ? whole
                    : whole + "e" + (parts[1].startsWith("-") ? "" : "+") + parts[1], true);
        }
        if (TIME.matcher(word).matches()) {
            return new Node.Scalar(source, "", word, false);
        }
        at = from;
        throw wrong("a value", word.isEmpty() ? "" : "Text needs quotes: \"" + word + "\".");
    }

    private String string(char quote, boolean lines) {
        Source source = here();
        int marks = lines ? 3 : 1;
        at += marks;
        if (lines && at < text.length() && peek() == '\r') {
            at++;
        }
        if (lines && at < text.length() && peek() == '\n') {
            newLine();
        }
        var out = new StringBuilder();
        String end = String.valueOf(quote).repeat(marks);
        while (true) {
            if (at >= text.length() || (!lines && peek() == '\n')) {
                throw new ProblemException(Problem.error(source,
                        "Tried to read this text, but its closing quote is missing.", "Expected " + end + "."));
            }
            if (text.startsWith(end, at)) {
                if (lines && text.startsWith(end + quote, at)) {
                    out.append(quote); // up to two quotes may stand before the closing ones
                    at++;
                    continue;
                }
                at += marks;
                return out.toString();
            }
            char c = peek();
            if (c == '\\' && quote == '"') {
                escape(lines, out);
            } else if (c == '\n') {
                out.append(c);
                newLine();
            } else {
                out.append(c);
                at++;
            }
        }
    }

    private void escape(boolean lines, StringBuilder out) {
        char c = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        int length = c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (length > 0) {
            String digits = text.substring(Math.min(text.length(), at + 2), Math.min(text.length(), at + 2 + length));
            if (!digits.matches("[0-9A-Fa-f]{" + length + "}")
                    || !Character.isValidCodePoint((int) Long.parseLong(digits, 16))) {
                throw wrong("the number of a character", "");
            }
            out.appendCodePoint((int) Long.parseLong(digits, 16));
            at += 2 + length;
            return;
        }
        int known = "btnfre\"\\".indexOf(c);
        if (known >= 0) {
            out.append("\b\t\n\f\r\u001b\"\\".charAt(known));
            at += 2;
        } else if (lines && Character.isWhitespace(c)) {
            at++;
            while (at < text.length() && Character.isWhitespace(peek())) { // a line that goes on in the next one
                if (peek() == '\n') {
                    newLine();
                } else {
                    at++;
                }
            }
        } else {
            throw wrong("\\b, \\t, \\n, \\f, \\r, \\\", \\\\ or \\uXXXX",
                    "In single quotes, a backslash is nothing special.");
        }
    }

    private char peek() {
        return text.charAt(at);
    }

    private void newLine() {
        at++;
        line++;
        lineStart = at;
    }

    private void blanks() {
        while (at < text.length() && (peek() == ' ' || peek() == '\t')) {
            at++;
        }
    }

    /** White space and comments; with line ends too, if wanted. */
    private void skip(boolean lines) {
        while (at < text.length()) {
            char c = peek();
            if (c == '#') {
                while (at < text.length() && peek() != '\n') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else if (c == '\n' && lines) {
                newLine();
            } else {
                return;
            }
        }
    }

    private Source here() {
        return new Source(file, line, at - lineStart + 1);
    }

    private ProblemException wrong(String expected, String hint) {
        String found = at >= text.length()
                ? "the file ends"
                : peek() == '\n' ? "the line ends" : "found \"" + text.substring(at, at + 1) + "\"";
        return new ProblemException(Problem.error(here(), "Tried to read TOML and expected " + expected + ", but "
                + found + ".", hint));
    }
}
