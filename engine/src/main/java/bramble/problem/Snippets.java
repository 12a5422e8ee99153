package bramble.problem;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Shows a problem to people: its sentence, its place, the line itself with a caret under the spot, and the hint. */
public final class Snippets {
    private static final int WIDTH = 110;
    private static final String ENCRYPTED = "$ANSIBLE_VAULT;";

    private final Function<String, Optional<String>> files;

    /** @param files the text of a file by the name that a {@link Source} gives it; empty where it can't be read */
    public Snippets(Function<String, Optional<String>> files) {
        this.files = files;
    }

    /** One problem in a few lines, the last without a line end. Of an encrypted file no line is shown. */
    public String show(Problem problem) {
        var shown = new StringBuilder(problem.severity().name().toLowerCase(Locale.ROOT)).append(": ")
                .append(problem.summary());
        Source source = problem.source();
        Optional<String> line = line(source);
        String margin = " ".repeat(line.isPresent() ? Integer.toString(source.line()).length() : 1);
        if (!source.file().isEmpty()) {
            shown.append('\n').append(margin).append("--> ").append(source);
        }
        line.ifPresent(text -> {
            shown.append('\n').append(margin).append(" |\n").append(source.line()).append(" | ");
            code(shown, text, source.column(), margin);
        });
        if (!problem.hint().isEmpty()) {
            shown.append('\n').append(margin).append(" = hint: ").append(problem.hint());
        }
        return shown.toString();
    }

    /** Several problems, with an empty line between them. */
    public String show(List<Problem> problems) {
        return String.join("\n\n", problems.stream().map(this::show).toList());
    }

    private Optional<String> line(Source source) {
        if (source.file().isEmpty() || source.line() == 0) {
            return Optional.empty();
        }
        return files.apply(source.file()).filter(text -> !text.stripLeading().startsWith(ENCRYPTED))
                .flatMap(text -> text.lines().skip(source.line() - 1L).findFirst()).filter(line -> !line.isBlank());
    }

    /** The line, cut around the spot where it is long; a tab counts as one column, so it is shown as one blank. */
    private static void code(StringBuilder shown, String line, int column, String margin) {
        int[] letters = line.codePoints().map(letter -> Character.isISOControl(letter) ? ' ' : letter).toArray();
        int spot = Math.min(Math.max(0, column - 1), letters.length);
        int from = letters.length <= WIDTH ? 0 : Math.max(0, Math.min(spot - WIDTH / 2, letters.length - WIDTH));
        int to = Math.min(letters.length, from + WIDTH);
        String before = from > 0 ? "..." : "";
        shown.append(before).append(new String(letters, from, to - from)).append(to < letters.length ? "..." : "");
        if (column > 0) {
            shown.append('\n').append(margin).append(" | ").append(" ".repeat(before.length() + spot - from))
                    .append('^');
        }
    }
}
