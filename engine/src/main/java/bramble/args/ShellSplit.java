package bramble.args;

import java.util.ArrayList;
import java.util.List;

/** Splits a text into words as a POSIX shell does, without expanding anything. */
public final class ShellSplit {
    private final String text;
    private int at;

    private ShellSplit(String text) {
        this.text = text;
    }

    /**
     * The words, without their quotes.
     *
     * @throws IllegalArgumentException if a quote isn't closed
     */
    public static List<String> words(String text) {
        return new ShellSplit(text).words();
    }

    private List<String> words() {
        var words = new ArrayList<String>();
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else {
                words.add(word());
            }
        }
        return words;
    }

    private String word() {
        var word = new StringBuilder();
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            char c = text.charAt(at++);
            switch (c) {
                case '\'' -> {
                    int end = text.indexOf('\'', at);
                    if (end < 0) {
                        throw new IllegalArgumentException("No closing quotation");
                    }
                    word.append(text, at, end);
                    at = end + 1;
                }
                case '"' -> quoted(word);
                case '\\' -> {
                    if (at == text.length()) {
                        throw new IllegalArgumentException("No escaped character");
                    }
                    word.append(text.charAt(at++));
                }
                default -> word.append(c);
            }
        }
        return word.toString();
    }

    private void quoted(StringBuilder word) {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return;
            }
            if (c == '\\' && at < text.length() && "\"\\".indexOf(text.charAt(at)) >= 0) {
                c = text.charAt(at++);
            }
            word.append(c);
        }
        throw new IllegalArgumentException("No closing quotation");
    }
}
