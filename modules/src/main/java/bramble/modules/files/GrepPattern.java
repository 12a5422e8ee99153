package bramble.modules.files;

import java.util.Optional;

/**
 * Says an expression of Python's for the grep of a node, where both find the same in any bytes: an expression of plain letters,
 * sets of ASCII, {@code .*}, groups and alternatives.
 */
final class GrepPattern {
    private static final String SPECIAL = "\\^$.|?*+()[]{}";

    private final String python;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int open;

    private GrepPattern(String python) {
        this.python = python;
    }

    /** The extended regular expression that finds it, at any place of a line. */
    static Optional<String> anywhere(String python) {
        return new GrepPattern(python).translated();
    }

    /** The same from the start of a line. */
    static Optional<String> fromTheStart(String python) {
        return anywhere(python).map(pattern -> "^(" + pattern + ")");
    }

    private Optional<String> translated() {
        if (python.isEmpty() || python.chars().anyMatch(c -> c < ' ' || c == 0x7f || Character.isSurrogate((char) c))) {
            return Optional.empty();
        }
        while (at < python.length()) {
            if (!alternative()) {
                return Optional.empty();
            }
        }
        return open == 0 && !out.toString().endsWith("|") ? Optional.of(out.toString()) : Optional.empty();
    }

    /** One step; false if it may mean something else to grep. */
    private boolean alternative() {
        char c = python.charAt(at);
        boolean first = out.isEmpty() || ("(|".indexOf(out.charAt(out.length() - 1)) >= 0 && !escaped());
        switch (c) {
            case '|' -> {
                at++;
                out.append('|');
                return !first;
            }
            case '(' -> {
                at += python.startsWith("(?:", at) ? 3 : 1;
                open++;
                out.append('(');
                return true;
            }
            case ')' -> {
                at++;
                open--;
                out.append(')');
                return !first && open >= 0 && quantified();
            }
            case '[' -> {
                return set() && quantified();
            }
            case '.' -> {
                boolean many = python.startsWith(".*", at) || python.startsWith(".+", at);
                at++;
                out.append('.');
                return many && quantified();
            }
            case '\\' -> {
                boolean plain = at + 1 < python.length() && python.charAt(at + 1) < 0x7f
                        && !Character.isLetterOrDigit(python.charAt(at + 1));
                at += 2;
                return plain && letter(python.charAt(at - 1)) && quantified();
            }
            default -> {
                at++;
                return SPECIAL.indexOf(c) < 0 && letter(c) && quantified();
            }
        }
    }

    private boolean escaped() {
        return out.length() > 1 && out.charAt(out.length() - 2) == '\\';
    }

    /** A letter that is more than a byte can't be repeated. */
    private boolean letter(char c) {
        out.append(SPECIAL.indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
        return c < 0x7f || at >= python.length() || "*+?".indexOf(python.charAt(at)) < 0;
    }

    /** How often; that a little would do matters to what is found, not to whether it is. */
    private boolean quantified() {
        if (at < python.length() && "*+?".indexOf(python.charAt(at)) >= 0) {
            out.append(python.charAt(at++));
            if (at < python.length() && python.charAt(at) == '?') {
                at++;
            }
            return at == python.length() || "*+?".indexOf(python.charAt(at)) < 0;
        }
        return true;
    }

    private boolean set() {
        int end = python.indexOf(']', at + 1);
        String inside = end < 0 ? "" : python.substring(at + 1, end);
        if (inside.isEmpty() || !inside.matches("[A-Za-z0-9_ .,:/@%+=-]+") || inside.contains("[")) {
            return false;
        }
        out.append('[').append(inside).append(']');
        at = end + 1;
        return true;
    }
}
