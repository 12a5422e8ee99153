package bramble.regex;

import bramble.regex.PythonRegex.Flag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A Python expression written down as a java.util.regex one. Named groups become numbered ones, since Java's names know no
 * underscore; a group that a conditional asks for gets an empty group at its start, which is set exactly when the group is.
 *
 * @param java the expression for {@link java.util.regex.Pattern}
 * @param groups Python's group number to Java's
 * @param names group names to Python's group number
 */
record Translation(String java, List<Integer> groups, Map<String, Integer> names) {
    private static final int NO_LIMIT = -1;

    static Translation of(String expression, Set<Flag> flags) {
        var all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        var asked = new HashSet<Integer>();
        while (true) {
            // Global flags count for the whole expression wherever they stand, and a conditional may ask for an earlier
            // group: both are known only after reading, so read again until nothing new turns up.
            var reader = new Reader(expression, all, asked);
            reader.read();
            boolean again = all.addAll(reader.global);
            again |= asked.addAll(reader.conditions);
            if (!again) {
                return new Translation(reader.out.toString(), reader.javaGroups, reader.names);
            }
        }
    }

    /** What an opening parenthesis leaves to be done at its closing one. */
    private record Open(int position, Set<Flag> flags, String close, int group) {}

    private enum Last {
        NOTHING,
        ITEM,
        ANCHOR,
        REPEAT
    }

    private static final class Reader {
        private final String in;
        private final Set<Integer> asked;
        private final EnumSet<Flag> global = EnumSet.noneOf(Flag.class);
        private final Set<Integer> conditions = new HashSet<>();
        private final StringBuilder out = new StringBuilder();
        private final List<Integer> javaGroups = new ArrayList<>(List.of(0));
        private final Map<String, Integer> names = new LinkedHashMap<>();
        private final Set<Integer> closed = new HashSet<>();
        private final Deque<Open> opened = new ArrayDeque<>();
        private final Map<Integer, String> bars = new HashMap<>(); // where a conditional's second branch begins
        private EnumSet<Flag> flags;
        private int javaCount;
        private int at;
        private Last last = Last.NOTHING;

        Reader(String in, EnumSet<Flag> flags, Set<Integer> asked) {
            this.in = in;
            this.flags = EnumSet.copyOf(flags);
            this.asked = Set.copyOf(asked);
        }

        void read() {
            out.append("(?").append(javaFlags(flags)).append(')');
            while (at < in.length()) {
                int c = in.codePointAt(at);
                switch (c) {
                    case '\\' -> escape();
                    case '[' -> set();
                    case '(' -> open();
                    case ')' -> close();
                    case '|' -> {
                        out.append(bars.getOrDefault(at, "|"));
                        at++;
                        last = Last.NOTHING;
                    }
                    case '.' -> item(".", 1);
                    case '^' -> anchor(flags.contains(Flag.MULTILINE) ? "(?<![^\\n])" : "\\A", 1);
                    case '$' -> anchor(flags.contains(Flag.MULTILINE) ? "(?![^\\n])" : "(?=\\n?\\z)", 1);
                    case '*', '+', '?' -> repeat(String.valueOf((char) c), 1);
                    case '{' -> braces();
                    default -> {
                        if (!skippedInVerbose(c)) {
                            item(literal(c), Character.charCount(c));
                        }
                    }
                }
            }
            if (!opened.isEmpty() && !global.contains(Flag.VERBOSE)) {
                throw new RegexException("missing ), unterminated subpattern", opened.peek().position());
            }
        }

        private boolean skippedInVerbose(int c) {
            if (!flags.contains(Flag.VERBOSE)) {
                return false;
            }
            if (c == '#') {
                int end = in.indexOf('\n', at);
                at = end < 0 ? in.length() : end + 1;
                return true;
            }
            if (" \t\n\r\u000b\f".indexOf(c) >= 0) {
                at++;
                return true;
            }
            return false;
        }

        private void item(String java, int length) {
            out.append(java);
            at += length;
            last = Last.ITEM;
        }

        private void anchor(String java, int length) {
            out.append(java);
            at += length;
            last = Last.ANCHOR;
        }

        private void braces() {
            int end = in.indexOf('}', at);
            String inside = end < 0 ? "" : in.substring(at + 1, end);
            if (!inside.matches("[0-9]+|[0-9]*,[0-9]*")) {
                item("\\{", 1);
                return;
            }
            String[] bounds = inside.split(",", -1);
            int low = bound(bounds[0], 0);
            int high = bounds.length == 1 ? low : bound(bounds[1], NO_LIMIT);
            if (high != NO_LIMIT && high < low) {
                throw new RegexException("min repeat greater than max repeat", at + 1);
            }
            repeat("{" + low + (bounds.length == 1 ? "" : "," + (high == NO_LIMIT ? "" : high)) + "}", end + 1 - at);
        }

        private int bound(String digits, int none) {
            if (digits.isEmpty()) {
                return none;
            }
            if (digits.length() > 9) {
                throw new RegexException("the repetition number is too large", at + 1);
            }
            return Integer.parseInt(digits);
        }

        private void repeat(String java, int length) {
            switch (last) {
                case NOTHING, ANCHOR -> throw new RegexException("nothing to repeat", at);
                case REPEAT -> throw new RegexException("multiple repeat", at);
                case ITEM -> {
                }
            }
            out.append(java);
            at += length;
            if (at < in.length() && (in.charAt(at) == '?' || in.charAt(at) == '+')) { // lazy, possessive
                out.append(in.charAt(at));
                at++;
            }
            last = Last.REPEAT;
        }

        private void escape() {
            int start = at;
            if (at + 1 >= in.length()) {
                throw new RegexException("bad escape (end of pattern)", start);
            }
            char c = in.charAt(at + 1);
            switch (c) {
                case 'A' -> anchor("\\A", 2);
                case 'Z' -> anchor("\\z", 2);
                case 'b' -> anchor("\\b", 2);
                case 'B' -> anchor("\\B", 2);
                case 'd', 'D', 's', 'S', 'w', 'W' -> item("\\" + c, 2);
                case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> reference(start);
                default -> {
                    int code = character();
                    out.append(literal(code));
                    last = Last.ITEM;
                }
            }
        }

        private void reference(int start) {
            int end = start + 2;
            if (end < in.length() && digit(end)) {
                if (end + 1 < in.length() && octal(start + 1) && octal(end) && octal(end + 1)) {
                    item(literal(octalValue(start, end + 2)), 4);
                    return;
                }
                end++;
            }
            item(backReference(Integer.parseInt(in.substring(start + 1, end)), start + 1), end - start);
        }

        private String backReference(int group, int position) {
            if (group >= javaGroups.size()) {
                throw new RegexException("invalid group reference " + group, position);
            }
            if (!closed.contains(group)) {
                throw new RegexException("cannot refer to an open group", position - 1);
            }
            return "(?:\\" + javaGroups.get(group) + ")";
        }

        /** Reads an escape that stands for one character, outside or inside a set, and moves behind it. */
        private int character() {
            int start = at;
            char c = in.charAt(at + 1);
            at += 2;
            return switch (c) {
                case 'a' -> 7;
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'v' -> 0x0b;
                case 'x' -> hex(start, 2);
                case 'u' -> hex(start, 4);
                case 'U' -> hex(start, 8);
                case 'N' -> name(start);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int end = start + 2;
                    while (end < in.length() && end < start + 4 && octal(end)) {
                        end++;
                    }
                    if (c != '0' && end < start + 4) {
                        throw new RegexException("bad escape " + in.substring(start, end), start);
                    }
                    at = end;
                    yield octalValue(start, end);
                }
                default -> {
                    if (Character.isLetterOrDigit(c) && c < 128) {
                        throw new RegexException("bad escape \\" + c, start);
                    }
                    int code = in.codePointAt(start + 1);
                    at = start + 1 + Character.charCount(code);
                    yield code;
                }
            };
        }

        private int octalValue(int start, int end) {
            int code = Integer.parseInt(in.substring(start + 1, end), 8);
            if (code > 255) {
                throw new RegexException("octal escape value " + in.substring(start, end) + " outside of range 0-0o377",
                        start);
            }
            return code;
        }

        private int hex(int start, int digits) {
            int end = start + 2;
            while (end < in.length() && end < start + 2 + digits && Character.digit(in.charAt(end), 16) >= 0) {
                end++;
            }
            if (end != start + 2 + digits) {
                throw new RegexException("incomplete escape " + in.substring(start, end), start);
            }
            at = end;
            long code = Long.parseLong(in.substring(start + 2, end), 16);
            if (code > Character.MAX_CODE_POINT) {
                throw new RegexException("bad escape " + in.substring(start, end), start);
            }
            return (int) code;
        }

        private int name(int start) {
            int end = in.indexOf('}', at);
            if (at >= in.length() || in.charAt(at) != '{' || end < 0) {
                throw new RegexException("missing {", at);
            }
            String name = in.substring(at + 1, end);
            at = end + 1;
            try {
                return Character.codePointOf(name);
            } catch (IllegalArgumentException e) {
                throw new RegexException("undefined character name '" + name + "'", start);
            }
        }

        private void set() {
            int start = at++;
            var java = new StringBuilder("[");
            if (at < in.length() && in.charAt(at) == '^') {
                java.append('^');
                at++;
            }
            int first = at;
            while (true) {
                if (at >= in.length()) {
                    throw new RegexException("unterminated character set", start);
                }
                if (in.charAt(at) == ']' && at > first) {
                    at++;
                    break;
                }
                int from = at;
                String low = setItem(start);
                if (at + 1 < in.length() && in.charAt(at) == '-' && in.charAt(at + 1) != ']') {
                    at++;
                    String high = setItem(start);
                    if (isClass(low) || isClass(high) || codeOf(high) < codeOf(low)) {
                        throw new RegexException("bad character range " + in.substring(from, at), from);
                    }
                    java.append(low).append('-').append(high);
                } else {
                    java.append(low);
                }
            }
            out.append(java).append(']');
            last = Last.ITEM;
        }

        private String setItem(int start) {
            if (at >= in.length()) {
                throw new RegexException("unterminated character set", start);
            }
            if (in.charAt(at) != '\\') {
                int c = in.codePointAt(at);
                at += Character.charCount(c);
                return literal(c);
            }
            if (at + 1 >= in.length()) {
                throw new RegexException("bad escape (end of pattern)", at);
            }
            char c = in.charAt(at + 1);
            if ("dDsSwW".indexOf(c) >= 0) {
                at += 2;
                return "\\" + c;
            }
            if (c == 'b') {
                at += 2;
                return literal('\b');
            }
            return literal(character());
        }

        private static boolean isClass(String item) {
            return item.length() == 2 && item.charAt(0) == '\\' && "dDsSwW".indexOf(item.charAt(1)) >= 0;
        }

        private static int codeOf(String item) {
            return item.startsWith("\\x{")
                    ? Integer.parseInt(item.substring(3, item.length() - 1), 16)
                    : item.codePointAt(item.length() > 1 && item.charAt(0) == '\\' ? 1 : 0);
        }

        private void open() {
            int start = at;
            if (!in.startsWith("(?", at)) {
                capture(start, 1);
                return;
            }
            if (at + 2 >= in.length()) {
                throw new RegexException("unexpected end of pattern", in.length());
            }
            char c = in.charAt(at + 2);
            switch (c) {
                case ':', '=', '!', '>' -> plain(start, in.substring(at, at + 3));
                case '#' -> {
                    int end = in.indexOf(')', at);
                    if (end < 0) {
                        throw new RegexException("missing ), unterminated comment", start);
                    }
                    at = end + 1;
                }
                case '<' -> {
                    if (!in.startsWith("=", at + 3) && !in.startsWith("!", at + 3)) {
                        throw new RegexException(
                                "unknown extension " + in.substring(at + 1, Math.min(at + 4, in.length())),
                                start + 1);
                    }
                    plain(start, in.substring(at, at + 4));
                }
                case 'P' -> named(start);
                case '(' -> conditional(start);
                default -> flagged(start);
            }
        }

        private void plain(int start, String java) {
            opened.push(new Open(start, EnumSet.copyOf(flags), ")", 0));
            out.append(java);
            at = start + java.length();
            last = Last.NOTHING;
        }

        private int capture(int start, int length) {
            int group = javaGroups.size();
            boolean marked = asked.contains(group);
            javaGroups.add(javaCount + 1);
            javaCount += marked ? 2 : 1;
            opened.push(new Open(start, EnumSet.copyOf(flags), marked ? "))" : ")", group));
            out.append(marked ? "(()(?:" : "(");
            at = start + length;
            last = Last.NOTHING;
            return group;
        }

        private void named(int start) {
            char kind = at + 3 < in.length() ? in.charAt(at + 3) : ' ';
            if (kind == '<') {
                String name = groupName(at + 4, '>');
                if (names.containsKey(name)) {
                    throw new RegexException("redefinition of group name '" + name + "' as group " + javaGroups.size()
                            + "; was group " + names.get(name), start + 4);
                }
                names.put(name, capture(start, 5 + name.length()));
            } else if (kind == '=') {
                String name = groupName(at + 4, ')');
                item(backReference(numberOf(name, at + 4), at + 4), 5 + name.length());
            } else {
                throw new RegexException("unknown extension ?P" + (kind == ' ' ? "" : kind), start + 1);
            }
        }

        private String groupName(int from, char end) {
            int to = in.indexOf(end, from);
            if (to < 0) {
                throw new RegexException("missing " + end + ", unterminated name", from);
            }
            String name = in.substring(from, to);
            if (name.isEmpty()) {
                throw new RegexException("missing group name", from);
            }
            return name;
        }

        private int numberOf(String name, int position) {
            Integer number = names.get(name);
            if (number == null) {
                throw new RegexException("unknown group name '" + name + "'", position);
            }
            return number;
        }

        private void conditional(int start) {
            String name = groupName(start + 3, ')');
            boolean numeric = name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9');
            int group = numeric ? Integer.parseInt(name) : numberOf(name, start + 3);
            if (group == 0 || group >= javaGroups.size()) {
                throw new RegexException("invalid group reference " + group, start + 3);
            }
            conditions.add(group);
            int mark = javaGroups.get(group) + 1; // right only in the pass in which the group is known to be asked for
            int bar = barOf(start + 4 + name.length());
            out.append("(?:(?:\\").append(mark).append(")");
            // The alternative without the group: guarded by the mark not being set.
            opened.push(new Open(start, EnumSet.copyOf(flags), bar < 0 ? "|(?!\\" + mark + "))" : ")", 0));
            at = start + 4 + name.length();
            last = Last.NOTHING;
            if (bar >= 0) {
                bars.put(bar, "|(?!\\" + mark + ")");
            }
        }

        /** Where the {@code |} of a conditional stands, or -1. */
        private int barOf(int from) {
            int depth = 0;
            for (int i = from; i < in.length(); i++) {
                switch (in.charAt(i)) {
                    case '\\' -> i++;
                    case '[' -> i = Math.max(i, in.indexOf(']', i + 2));
                    case '(' -> depth++;
                    case ')' -> {
                        if (depth-- == 0) {
                            return -1;
                        }
                    }
                    case '|' -> {
                        if (depth == 0) {
                            return i;
                        }
                    }
                    default -> {
                    }
                }
            }
            return -1;
        }

        private void flagged(int start) {
            int end = at + 2;
            var on = EnumSet.noneOf(Flag.class);
            var off = EnumSet.noneOf(Flag.class);
            boolean minus = false;
            while (end < in.length() && in.charAt(end) != ')' && in.charAt(end) != ':') {
                char c = in.charAt(end);
                switch (c) {
                    case 'i' -> (minus ? off : on).add(Flag.IGNORECASE);
                    case 'm' -> (minus ? off : on).add(Flag.MULTILINE);
                    case 's' -> (minus ? off : on).add(Flag.DOTALL);
                    case 'x' -> (minus ? off : on).add(Flag.VERBOSE);
                    case 'a' -> on.add(Flag.ASCII);
                    case 'u' -> off.add(Flag.ASCII);
                    case '-' -> minus = true;
                    case 'L' ->
                        throw new RegexException("bad inline flags: cannot use 'L' flag with a str pattern", end + 1);
                    default -> {
                        if (end == at + 2) {
                            throw new RegexException("unknown extension ?" + c, start + 1);
                        }
                        throw new RegexException("unknown flag", end);
                    }
                }
                end++;
            }
            if (end >= in.length()) {
                throw new RegexException("missing -, : or )", end);
            }
            if (in.charAt(end) == ')') {
                if (minus) {
                    throw new RegexException("missing :", end);
                }
                global.addAll(on);
                // From here on everything may read differently: leave the rest to the next pass.
                at = on.contains(Flag.VERBOSE) && !flags.contains(Flag.VERBOSE) ? in.length() : end + 1;
                return;
            }
            opened.push(new Open(start, EnumSet.copyOf(flags), ")", 0));
            flags = EnumSet.copyOf(flags);
            flags.addAll(on);
            flags.removeAll(off);
            out.append("(?").append(javaFlags(flags)).append(':');
            at = end + 1;
            last = Last.NOTHING;
        }

        private void close() {
            if (opened.isEmpty()) {
                throw new RegexException("unbalanced parenthesis", at);
            }
            Open open = opened.pop();
            flags = open.flags().isEmpty() ? EnumSet.noneOf(Flag.class) : EnumSet.copyOf(open.flags());
            if (open.group() > 0) {
                closed.add(open.group());
            }
            item(open.close(), 1);
        }

        /** All of Java's flags, on or off, so that each says the whole state. */
        private static String javaFlags(Set<Flag> flags) {
            String on = "d" + (flags.contains(Flag.IGNORECASE) ? "iu" : "") + (flags.contains(Flag.DOTALL) ? "s" : "")
                    + (flags.contains(Flag.ASCII) ? "" : "U");
            String off = (flags.contains(Flag.IGNORECASE) ? "" : "i") + (flags.contains(Flag.DOTALL) ? "" : "s")
                    + (flags.contains(Flag.ASCII) ? "U" : "");
            return off.isEmpty() ? on : on + "-" + off;
        }

        private static String literal(int c) {
            boolean word = c < 128 && (Character.isLetterOrDigit(c) || c == '_');
            return word
                    ? String.valueOf((char) c)
                    : c < 32 || c > 126 ? String.format(Locale.ROOT, "\\x{%x}", c) : "\\" + (char) c;
        }

        private boolean digit(int index) {
            return in.charAt(index) >= '0' && in.charAt(index) <= '9';
        }

        private boolean octal(int index) {
            return in.charAt(index) >= '0' && in.charAt(index) <= '7';
        }
    }
}
