package bramble.yaml;

import bramble.value.Text;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes scalars and indicators, knows the column, and breaks long lines. */
final class ScalarWriter {
    /** How a scalar is written. */
    enum Form {
        PLAIN,
        SINGLE,
        DOUBLE,
        LITERAL
    }

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d"
            + "|\\d{4}-\\d\\d?-\\d\\d?([Tt]|[ \\t]+)\\d\\d?:\\d\\d:\\d\\d(\\.\\d*)?([ \\t]*(Z|[-+]\\d\\d?(:\\d\\d)?))?");
    private static final Map<Integer, String> ESCAPES = Map.ofEntries(Map.entry(0, "0"), Map.entry(7, "a"),
            Map.entry(8, "b"), Map.entry(9, "t"), Map.entry(10, "n"), Map.entry(11, "v"), Map.entry(12, "f"),
            Map.entry(13, "r"), Map.entry(27, "e"), Map.entry((int) '"', "\""), Map.entry((int) '\\', "\\"),
            Map.entry(0x85, "N"), Map.entry(0xa0, "_"), Map.entry(0x2028, "L"), Map.entry(0x2029, "P"));

    private final StringBuilder out = new StringBuilder();
    private final int width;
    private final boolean unicode;
    private int column;
    private boolean space = true; // what was written last is white space
    private boolean indented = true; // nothing but indentation and indicators on this line yet

    ScalarWriter(int width, boolean unicode) {
        this.width = width;
        this.unicode = unicode;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    int column() {
        return column;
    }

    boolean atIndent() {
        return indented;
    }

    static boolean lineBreak(int c) {
        return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Whether a plain scalar with this text would be read as something else than text. */
    static boolean readsAsOther(String text) {
        return !(ScalarTypes.of(text) instanceof Text) || text.equals("=") || text.equals("<<")
                || TIME.matcher(text).matches();
    }

    void indicator(String text, boolean needsSpace) {
        indicator(text, needsSpace, false, false);
    }

    void indicator(String text, boolean needsSpace, boolean endsWithSpace, boolean indentation) {
        write(space || !needsSpace ? text : " " + text);
        space = endsWithSpace;
        indented = indented && indentation;
    }

    private void write(CharSequence text) {
        out.append(text);
        column += Character.codePointCount(text, 0, text.length());
    }

    void newLine() {
        if (column > 0) {
            breakLine();
        }
    }

    private void breakLine() {
        out.append('\n');
        column = 0;
        space = true;
        indented = true;
    }

    /** Goes to a column on a line of its own; on this line, if nothing but indentation is on it. */
    void lineAt(int indent) {
        int target = Math.max(0, indent);
        if (!indented || column > target || (column == target && !space)) {
            breakLine();
        }
        if (column < target) {
            space = true;
            write(" ".repeat(target - column));
        }
    }

    /** What a look at a text's characters tells. */
    private record Analysis(boolean multiline, boolean plainInFlow, boolean plainInBlock, boolean single,
            boolean literal) {}

    Form choose(String text, boolean mayBePlain, char quote, boolean flow, boolean key) {
        Analysis analysis = analyze(text);
        if (quote == '"') {
            return Form.DOUBLE;
        }
        if (mayBePlain && !(key && analysis.multiline()) && (flow ? analysis.plainInFlow() : analysis.plainInBlock())) {
            return Form.PLAIN;
        }
        return analysis.single() && !(key && analysis.multiline()) ? Form.SINGLE : Form.DOUBLE;
    }

    /** For text of several lines: line for line, where none of them would be changed. */
    Form chooseLiteral(String text, boolean inLine) {
        return !inLine && analyze(text).literal() ? Form.LITERAL : Form.DOUBLE;
    }

    private Analysis analyze(String text) {
        if (text.isEmpty()) {
            return new Analysis(false, false, true, true, false);
        }
        int[] points = text.codePoints().toArray();
        boolean flowMark = text.startsWith("---") || text.startsWith("...");
        boolean blockMark = flowMark;
        boolean multiline = false;
        boolean special = false;
        boolean breakSpace = false;
        boolean spaceBreak = false;
        boolean afterSpace = true;
        for (int i = 0; i < points.length; i++) {
            int c = points[i];
            boolean beforeSpace = i + 1 >= points.length || white(points[i + 1]);
            boolean first = i == 0;
            if (first ? "#,[]{}&*!|>'\"%@`".indexOf(c) >= 0 || (c == '-' && beforeSpace) : c == '#' && afterSpace) {
                flowMark = true;
                blockMark = true;
            }
            if (c == ':' || c == '?' || (!first && ",[]{}".indexOf(c) >= 0)) {
                flowMark = true;
                blockMark |= beforeSpace && (first || c == ':');
            }
            multiline |= lineBreak(c);
            special |= !(c == '\n' || (c >= ' ' && c <= '~')) && !(unicode && printable(c));
            breakSpace |= c == ' ' && i > 0 && lineBreak(points[i - 1]);
            spaceBreak |= lineBreak(c) && i > 0 && points[i - 1] == ' ';
            afterSpace = white(c);
        }
        int last = points[points.length - 1];
        boolean bare = !(points[0] == ' ' || lineBreak(points[0]) || last == ' ' || lineBreak(last))
                && !breakSpace && !spaceBreak && !special && !multiline;
        return new Analysis(multiline, bare && !flowMark, bare && !blockMark, !breakSpace && !spaceBreak && !special,
                last != ' ' && !spaceBreak && !special);
    }

    private static boolean white(int c) {
        return c == 0 || c == ' ' || c == '\t' || c == '\r' || lineBreak(c);
    }

    private static boolean printable(int c) {
        return (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff);
    }

    void plain(String text, int indent, boolean split) {
        if (text.isEmpty()) {
            return;
        }
        lead();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && text.charAt(end) == ' ') {
                end++;
            }
            if (end > at) {
                blank(text.substring(at, end), indent, split && end - at == 1);
                at = end;
                continue;
            }
            while (end < text.length() && text.charAt(end) != ' ') {
                end++;
            }
            write(text.substring(at, end));
            at = end;
        }
        space = false;
        indented = false;
    }

    private void lead() {
        if (!space) {
            write(" ");
        }
        space = false;
        indented = false;
    }

    private void blank(String spaces, int indent, boolean mayBreak) {
        if (mayBreak && column > width) {
            lineAt(indent);
            space = false;
            indented = false;
        } else {
            write(spaces);
        }
    }

    void single(String text, int indent, boolean split) {
        indicator("'", true);
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (c == ' ' || lineBreak(c)) {
                while (end < text.length() && (c == ' ' ? text.charAt(end) == ' ' : lineBreak(text.charAt(end)))) {
                    end++;
                }
                if (c == ' ') {
                    blank(text.substring(at, end), indent, split && end - at == 1 && at > 0 && end < text.length());
                } else {
                    breaks(text.substring(at, end), indent);
                }
            } else {
                while (end < text.length() && text.charAt(end) != ' ' && !lineBreak(text.charAt(end))) {
                    end++;
                }
                write(text.substring(at, end).replace("'", "''"));
            }
            at = end;
        }
        indicator("'", false);
    }

    private void breaks(String breaks, int indent) {
        if (breaks.charAt(0) == '\n') {
            breakLine();
        }
        for (int i = 0; i < breaks.length(); i++) {
            if (breaks.charAt(i) == '\n') {
                breakLine();
            } else {
                out.append(breaks.charAt(i));
                column = 0;
            }
        }
        lineAt(indent);
        space = false;
        indented = false;
    }

    void quoted(String text, int indent, boolean split) {
        indicator("\"", true);
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            int c = points[i];
            boolean inside = i > 0 && i < points.length - 1;
            if (c == ' ' && inside && split && points[i - 1] != ' ' && column > width) {
                lineAt(indent);
                space = false;
                indented = false;
                if (points[i + 1] == ' ') {
                    write("\\");
                }
            } else {
                write(mustEscape(c) ? escape(c) : Character.toString(c));
            }
        }
        indicator("\"", false);
    }

    /** @param step how many spaces the lines are indented below what holds them */
    void literal(String text, int indent, int step) {
        boolean led = text.charAt(0) == ' ' || lineBreak(text.charAt(0));
        boolean ends = lineBreak(text.charAt(text.length() - 1));
        boolean keeps = ends && (text.length() == 1 || lineBreak(text.charAt(text.length() - 2)));
        indicator("|" + (led ? Integer.toString(step) : "") + (!ends ? "-" : keeps ? "+" : ""), true);
        breakLine();
        boolean fresh = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                breakLine();
            } else if (lineBreak(c)) {
                out.append(c);
                column = 0;
                space = true;
                indented = true;
            } else {
                if (fresh) {
                    lineAt(indent);
                }
                out.append(c);
                column++;
                indented = false;
                space = false;
            }
            fresh = lineBreak(c);
        }
    }

    private boolean mustEscape(int c) {
        boolean ascii = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        boolean wide = unicode && ((c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd)) && c != 0x2028
                && c != 0x2029
                && c != 0xfeff;
        return !ascii && !wide;
    }

    private static String escape(int c) {
        String known = ESCAPES.get(c);
        if (known != null) {
            return "\\" + known;
        }
        return c <= 0xff
                ? String.format(Locale.ROOT, "\\x%02X", c)
                : c <= 0xffff ? String.format(Locale.ROOT, "\\u%04X", c) : String.format(Locale.ROOT, "\\U%08X", c);
    }
}
