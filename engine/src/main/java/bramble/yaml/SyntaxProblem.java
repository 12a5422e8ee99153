package bramble.yaml;

import bramble.problem.Problem;
import bramble.problem.Source;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** Says in plain words what a YAML parser's complaint means, with a hint for the mistakes that everyone makes. */
final class SyntaxProblem {
    private static final String QUOTE_TEMPLATE = "A value that begins with \"{{\" must be quoted as a whole: "
            + "key: \"{{ name }}/more\".";
    private static final Pattern UNQUOTED_TEMPLATE = Pattern.compile("(^|[:\\-\\[,]\\s+)\\{[{%]");
    private static final Pattern NO_SPACE_AFTER_COLON = Pattern.compile("^[\\s\\-]*[A-Za-z_][\\w.\\-]*:[^\\s:/].*");
    private static final Pattern TEXT_AFTER_QUOTE = Pattern
            .compile("^[^'\"#]*[:\\-]\\s+(\"[^\"]*\"|'[^']*')\\s*[^\\s#].*");

    private final String text;
    private final String file;

    private SyntaxProblem(String text, String file) {
        this.text = text;
        this.file = file;
    }

    static Problem of(YAMLException e, String text, String file) {
        return new SyntaxProblem(text, file).explain(e);
    }

    private Problem explain(YAMLException e) {
        return switch (e) {
            case ReaderException reader -> unreadable(reader);
            case MarkedYAMLException marked -> marked(marked);
            default -> Problem.error(Source.file(file), "Tried to read YAML, but " + plain(e.getMessage()) + ".");
        };
    }

    private Problem unreadable(ReaderException e) {
        int at = Math.min(text.length(), Math.max(0, e.getPosition()));
        int lineStart = text.lastIndexOf('\n', at - 1) + 1;
        int line = 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
        return Problem.error(new Source(file, line, at - lineStart + 1),
                String.format(Locale.ROOT,
                        "Tried to read YAML, but here is a character that it does not allow, U+%04X.",
                        e.getCodePoint()),
                "In a double-quoted text it can be written as an escape, \"\\x1b\" say. Is this a text file, in UTF-8?");
    }

    private Problem marked(MarkedYAMLException e) {
        String problem = Objects.requireNonNullElse(e.getProblem(), "");
        String context = Objects.requireNonNullElse(e.getContext(), "");
        Source here = source(e.getProblemMark());
        Source start = e.getContextMark() == null ? here : source(e.getContextMark());
        String line = line(here);
        if (context.contains("quoted scalar") && problem.contains("unexpected")) {
            return Problem.error(start, "Tried to read quoted text, but the closing quote is missing.",
                    "Check the quotes from here on; inside single quotes a quote is written twice ('').");
        }
        if (problem.contains("unknown escape")) {
            return Problem.error(here,
                    "Tried to read double-quoted text, but a backslash stands before a character that has "
                            + "no such escape.",
                    "Use single quotes where a backslash stands for itself, or write it twice (\\\\).");
        }
        if (problem.contains("cannot start any token")) {
            return badStart(here, line);
        }
        if (UNQUOTED_TEMPLATE.matcher(line).find() || UNQUOTED_TEMPLATE.matcher(line(start)).find()) {
            return Problem.error(here,
                    "Tried to read a mapping, but \"{{\" begins a template, and a template must be quoted.",
                    QUOTE_TEMPLATE);
        }
        if (problem.contains("mapping values are not allowed")) {
            return secondColon(here, line);
        }
        if (problem.contains("could not find expected ':'")) {
            return Problem.error(start, "Tried to read a key, but there is no colon after it.",
                    NO_SPACE_AFTER_COLON.matcher(line(start)).matches()
                            ? "Put a space after the colon."
                            : "Write key: value, "
                                    + "and indent the further lines of a long text deeper than its first.");
        }
        if (problem.contains("undefined alias")) {
            return Problem.error(here, "Tried to follow an alias, but nothing above has an anchor of that name.",
                    "Text that begins with \"*\" must be quoted.");
        }
        if (context.contains("flow")) {
            return Problem.error(here, "Tried to read what began "
                    + (at(start).isEmpty() ? "" : "with \"" + at(start) + "\" ") + "on line " + start.line()
                    + ", but it does not go on or end properly here.", "Expected \",\" or the closing bracket.");
        }
        if (TEXT_AFTER_QUOTE.matcher(line).matches()) {
            return Problem.error(here, "Tried to read on after a quoted text, but more text follows its closing quote.",
                    "Put the whole value into quotes of the other kind, or take the inner quotes out.");
        }
        if (problem.contains("expected <block end>")) {
            return blockEnd(here, start, problem);
        }
        return Problem.error(here, "Tried to read YAML, but " + plain(problem) + ".");
    }

    private Problem badStart(Source here, String line) {
        String found = at(here);
        if (found.equals("\t") || line.substring(0, Math.min(line.length(), here.column())).contains("\t")) {
            return Problem.error(here, "Tried to read the indentation, but it has a tab in it.",
                    "YAML is indented with spaces only.");
        }
        if (found.equals("%") && UNQUOTED_TEMPLATE.matcher(line).find()) {
            return Problem.error(here,
                    "Tried to read a mapping, but \"{%\" begins a template, and a template must be quoted.",
                    "Write the whole value in quotes.");
        }
        return Problem.error(here, "Tried to read a value, but text can't begin with \"" + found + "\".",
                "Put it in quotes.");
    }

    private Problem secondColon(Source here, String line) {
        String before = line.substring(0, Math.min(line.length(), Math.max(0, here.column() - 1)));
        if (before.contains(": ")) {
            return Problem.error(here,
                    "Tried to read a value, but it has a colon and a space in it, as if it were a key.",
                    "Put the whole value in quotes.");
        }
        int above = here.line() - 1;
        while (above > 0 && line(new Source(file, above, 1)).isBlank()) {
            above--;
        }
        String earlier = line(new Source(file, above, 1));
        if (NO_SPACE_AFTER_COLON.matcher(earlier).matches()) {
            return Problem.error(new Source(file, above, earlier.indexOf(':') + 1),
                    "Tried to read a mapping, but this line is text: its colon has no space after it.",
                    "Put a space after the colon.");
        }
        return Problem.error(here,
                "Tried to read a mapping here, but the lines before it are text, not a key that is open.",
                "Check the indentation: the keys of one mapping start in the same column, and the line above may lack its "
                        + "colon.");
    }

    private static Problem blockEnd(Source here, Source start, String problem) {
        String what = problem.contains("block sequence start") || problem.contains("'-'")
                ? "a list item"
                : problem.contains("'<scalar>'")
                        ? "text"
                        : problem.contains("mapping start") ? "a mapping" : "something";
        return Problem.error(here,
                "Tried to go on with what began on line " + start.line() + ", column " + start.column()
                        + ", but " + what + " stands here that does not fit there.",
                "Check the indentation: the keys of one mapping, and the dashes of one list, start in the same column.");
    }

    private static String plain(@Nullable String message) {
        return message == null
                ? "it is not well formed"
                : message.lines().findFirst().orElse("").replaceAll("[.;]$", "");
    }

    private Source source(@Nullable Mark mark) {
        return mark == null ? Source.file(file) : new Source(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private String line(Source source) {
        return source.line() == 0 ? "" : text.lines().skip(source.line() - 1L).findFirst().orElse("");
    }

    private String at(Source source) {
        return line(source).codePoints().skip(Math.max(0, source.column() - 1L)).limit(1)
                .mapToObj(Character::toString).findFirst().orElse("");
    }
}
