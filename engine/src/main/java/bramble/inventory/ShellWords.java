package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.util.ArrayList;
import java.util.List;

/** Splits the line of a host in an INI inventory into words as a shell would: quotes, backslashes, a comment at the end. */
final class ShellWords {
    private final String line;
    private final Source source;
    private int at;

    private ShellWords(String line, Source source) {
        this.line = line;
        this.source = source;
    }

    /** A word without its quotes, and where it begins. */
    record Word(String text, Source source) {}

    static List<Word> split(String line, Source source) {
        return new ShellWords(line, source).words();
    }

    private List<Word> words() {
        var words = new ArrayList<Word>();
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '#') {
                break;
            }
            if (Character.isWhitespace(c)) {
                at++;
            } else {
                Source start = source.plus(0, at);
                words.add(new Word(word(), start));
            }
        }
        return words;
    }

    private String word() {
        var word = new StringBuilder();
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c) || c == '#') {
                break;
            }
            at++;
            switch (c) {
                case '\'', '"' -> quoted(c, word);
                case '\\' -> {
                    if (at < line.length()) {
                        word.append(line.charAt(at++));
                    }
                }
                default -> word.append(c);
            }
        }
        return word.toString();
    }

    private void quoted(char quote, StringBuilder word) {
        int start = at - 1;
        while (at < line.length() && line.charAt(at) != quote) {
            char c = line.charAt(at++);
            boolean escape = c == '\\' && quote == '"' && at < line.length()
                    && (line.charAt(at) == '"' || line.charAt(at) == '\\');
            word.append(escape ? line.charAt(at++) : c);
        }
        if (at == line.length()) {
            throw new ProblemException(Problem.error(source.plus(0, start),
                    "Tried to read a quoted value, but the closing quote is missing.",
                    "A quote that stands for itself is written \\" + quote + "."));
        }
        at++;
    }
}
