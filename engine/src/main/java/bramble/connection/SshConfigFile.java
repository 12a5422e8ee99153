package bramble.connection;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;

/** Reads a file in the format of man ssh_config into its lines, with the files that it includes in their places. */
record SshConfigFile(Path home, Path includeBase) {
    private static final int DEEPEST = 16;

    /**
     * One setting, or the head of a block.
     *
     * @param keyword in lower case
     * @param included the lines of the files that an Include names
     */
    record Line(Source source, String keyword, List<String> words, List<Line> included) {}

    List<Line> read(Path file) {
        return read(file, 0);
    }

    private List<Line> read(Path file, int depth) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            return List.of();
        }
        var lines = new ArrayList<Line>();
        try {
            int number = 0;
            for (String text : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()) {
                number++;
                var source = new Source(file.toString(), number, 0);
                List<String> words = words(text, source);
                if (!words.isEmpty()) {
                    lines.add(line(source, words, depth));
                }
            }
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read this file, but " + FileTrouble.why(e) + ".");
        }
        return List.copyOf(lines);
    }

    private Line line(Source source, List<String> words, int depth) {
        String keyword = words.getFirst().toLowerCase(Locale.ROOT);
        List<String> values = words.subList(1, words.size());
        if (values.isEmpty()) {
            throw new ProblemException(source,
                    "Tried to read the setting " + words.getFirst() + ", but it has no value");
        }
        return new Line(source, keyword, values,
                keyword.equals("include") ? included(values, source, depth) : List.of());
    }

    /** A line given as an option is, {@code Keyword=value}. */
    Line option(String text) {
        var source = new Source("-o " + text, 0, 0);
        List<String> words = words(text, source);
        if (words.isEmpty()) {
            throw new ProblemException(source, "Tried to read an ssh option, but it is empty");
        }
        return line(source, words, 0);
    }

    private List<Line> included(List<String> patterns, Source source, int depth) {
        if (depth == DEEPEST) {
            throw new ProblemException(source, "Tried to include " + String.join(" ", patterns) + ", but includes go "
                    + DEEPEST + " deep already: does a file include itself?");
        }
        var lines = new ArrayList<Line>();
        for (String pattern : patterns) {
            Path path = pattern.startsWith("~/") ? home.resolve(pattern.substring(2)) : includeBase.resolve(pattern);
            for (Path file : matching(path, source)) {
                lines.addAll(read(file, depth + 1));
            }
        }
        return List.copyOf(lines);
    }

    private static List<Path> matching(Path pattern, Source source) {
        Path name = pattern.getFileName();
        Path folder = pattern.getParent();
        if (name == null || folder == null || !name.toString().matches(".*[*?\\[].*")) {
            return List.of(pattern);
        }
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, name.toString())) {
            entries.forEach(found::add);
        } catch (PatternSyntaxException e) {
            throw new ProblemException(source, "Tried to include " + pattern + ", but its pattern is wrong: "
                    + e.getDescription());
        } catch (IOException e) {
            throw new ProblemException(source, "Tried to include " + pattern + ", but " + FileTrouble.why(e) + ".");
        }
        found.sort(null);
        return found;
    }

    /** The words of a line; the first may be followed by an equals sign, each may be quoted; a hash begins a comment. */
    private static List<String> words(String text, Source source) {
        var words = new ArrayList<String>();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new ProblemException(new Source(source.file(), source.line(), nul + 1),
                    "Tried to read this line, but it has a byte of zero: is this a text file?");
        }
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                break;
            }
            if (Character.isWhitespace(c) || (c == '=' && words.size() == 1)) {
                at++;
                continue;
            }
            if (words.size() == 1 && words.getFirst().equalsIgnoreCase("proxycommand")) {
                words.add(text.substring(at).strip()); // the rest of the line is for a shell
                break;
            }
            if (c == '"') {
                int end = text.indexOf('"', at + 1);
                if (end < 0) {
                    throw new ProblemException(Problem.error(new Source(source.file(), source.line(), at + 1),
                            "Tried to read a quoted word, but its closing quote is missing"));
                }
                words.add(text.substring(at + 1, end));
                at = end + 1;
                continue;
            }
            int end = at;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end))
                    && !(words.isEmpty() && text.charAt(end) == '=')) {
                end++;
            }
            words.add(text.substring(at, end));
            at = end;
        }
        return words;
    }
}
