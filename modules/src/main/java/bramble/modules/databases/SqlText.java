package bramble.modules.databases;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A statement, or a part of one, in which quoted texts, quoted names and what stands in parentheses are passed over.
 *
 * @param inside which characters are in quotes or parentheses
 */
record SqlText(String text, BitSet inside) {
    static SqlText of(String text) {
        var inside = new BitSet();
        char quote = 0;
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                inside.set(i);
                if (c == '\\' && quote != '`') {
                    inside.set(++i);
                } else if (c == quote) {
                    quote = 0; // a doubled one opens again at once
                }
            } else if (c == '`' || c == '\'' || c == '"') {
                quote = c;
                inside.set(i);
            } else if (c == '(') {
                depth++;
                inside.set(i);
            } else if (c == ')') {
                depth = Math.max(0, depth - 1);
                inside.set(i);
            } else if (depth > 0) {
                inside.set(i);
            }
        }
        return new SqlText(text, inside);
    }

    /** Where the word stands outside of quotes; -1 if nowhere. */
    int find(String word, int from) {
        for (int at = text.indexOf(word, Math.max(from, 0)); at >= 0; at = text.indexOf(word, at + 1)) {
            if (!inside.get(at)) {
                return at;
            }
        }
        return -1;
    }

    String part(int from, int to) {
        return text.substring(from, to);
    }

    List<String> split(char at) {
        var parts = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == at && !inside.get(i)) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** A name without its quotes, if it has any. */
    static String plain(String quoted) {
        String name = quoted.strip();
        for (char quote : new char[]{'`', '"', '\''}) {
            if (name.length() > 1 && name.charAt(0) == quote && name.charAt(name.length() - 1) == quote) {
                String twice = String.valueOf(quote).repeat(2);
                return name.substring(1, name.length() - 1).replace(twice, String.valueOf(quote));
            }
        }
        return name;
    }
}
