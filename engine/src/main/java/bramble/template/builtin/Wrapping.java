package bramble.template.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Breaks a line of text into lines of a given width, between words, as Python's textwrap does. */
record Wrapping(int width, boolean breakLongWords, boolean breakOnHyphens) {
    private static final Pattern SPACE = Pattern.compile("(?<=\\s)(?=\\S)|(?<=\\S)(?=\\s)");
    // After a hyphen that has two letters on either side, or single letters joined by hyphens.
    private static final Pattern HYPHEN = Pattern.compile(
            "(?<=\\p{L}{2}-|\\p{L}-\\p{L}-)(?=\\p{L}-?\\p{L})", Pattern.UNICODE_CHARACTER_CLASS);

    List<String> wrap(String line) {
        List<String> pieces = pieces(line);
        var lines = new ArrayList<String>();
        int at = 0;
        while (at < pieces.size()) {
            if (!lines.isEmpty() && pieces.get(at).isBlank()) {
                at++;
                continue;
            }
            var current = new StringBuilder();
            while (at < pieces.size() && current.length() + pieces.get(at).length() <= width) {
                current.append(pieces.get(at++));
            }
            if (at < pieces.size() && pieces.get(at).length() > width) {
                String piece = pieces.get(at);
                int room = Math.max(1, width - current.length());
                if (breakLongWords) {
                    current.append(piece, 0, room);
                    pieces.set(at, piece.substring(room));
                } else if (current.isEmpty()) {
                    current.append(piece);
                    at++;
                }
            }
            String text = current.toString().stripTrailing();
            if (!text.isEmpty()) {
                lines.add(text);
            }
        }
        return lines;
    }

    private List<String> pieces(String line) {
        var pieces = new ArrayList<String>();
        for (String word : SPACE.split(line, -1)) {
            pieces.addAll(breakOnHyphens ? List.of(HYPHEN.split(word, -1)) : List.of(word));
        }
        pieces.removeIf(String::isEmpty);
        return pieces;
    }
}
