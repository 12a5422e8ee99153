package bramble.modules.databases;

import java.util.Map;

/**
 * How a client writes what would break a line of its output: a backslash and a letter.
 *
 * @param meanings what a letter stands for; any other stands for itself
 */
record Escapes(Map<Character, Character> meanings) {
    Escapes {
        meanings = Map.copyOf(meanings);
    }

    /** The text of a cell. */
    String plain(String cell) {
        var plain = new StringBuilder();
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == '\\' && i + 1 < cell.length()) {
                char next = cell.charAt(++i);
                plain.append(meanings.getOrDefault(next, next));
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
