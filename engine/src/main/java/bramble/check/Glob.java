package bramble.check;

import bramble.playbook.Task;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A name with templates in it, as a pattern: each template may stand for anything.
 *
 * @param bare whether there is nothing but templates in it
 */
record Glob(Pattern pattern, String start, boolean bare) {
    private static final Pattern TEMPLATE = Pattern.compile("\\{\\{.*?}}", Pattern.DOTALL);
    private static final int DEEPEST = 4;

    static Glob of(Value value, Task task, Path playbook) {
        String text = value instanceof Template(String written, _) ? written : PythonText.of(value);
        String role = task.role().map(found -> found.path().toString()).orElse("");
        text = text.replaceAll("\\{\\{\\s*role_path\\s*}}", Matcher.quoteReplacement(role))
                .replaceAll("\\{\\{\\s*playbook_dir\\s*}}", Matcher.quoteReplacement(playbook.toString()))
                .replaceAll("\\{%.*?%}", "{{}}");
        var regex = new StringBuilder();
        var literal = new StringBuilder();
        Matcher matcher = TEMPLATE.matcher(text);
        int from = 0;
        String start = "";
        while (matcher.find()) {
            String before = text.substring(from, matcher.start());
            regex.append(Pattern.quote(before)).append(".*");
            literal.append(before);
            start = from == 0 ? before : start;
            from = matcher.end();
        }
        regex.append(Pattern.quote(text.substring(from)));
        literal.append(text.substring(from));
        String rest = literal.toString().replaceAll("\\.(ya?ml|json|j2)$", "");
        return new Glob(Pattern.compile(regex.toString(), Pattern.DOTALL), start,
                rest.isBlank() || rest.chars().noneMatch(Character::isLetterOrDigit));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    /** The files below the folders whose names match. */
    List<Path> files(List<Path> folders) {
        var found = new ArrayList<Path>();
        for (Path folder : start.startsWith("/") ? List.of(base()) : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
                files.filter(Files::isRegularFile)
                        .filter(file -> matches(start.startsWith("/")
                                ? file.toString()
                                : folder.relativize(file).toString()))
                        .sorted().forEach(found::add);
            } catch (IOException | UncheckedIOException _) {
                // what can't be listed gives nothing
            }
        }
        return found;
    }

    private Path base() {
        return Path.of(start.substring(0, start.lastIndexOf('/') + 1)).normalize();
    }
}
