package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An ansible.cfg as it is written: sections, names and values, each with its line.
 *
 * @param entries by {@code section.name}
 */
record ConfigurationFile(Path path, Map<String, Entry> entries) {

    /** A setting as it is written. */
    record Entry(String section, String name, String value, int line) {
        private Entry continued(String more) {
            return new Entry(section, name, value + "\n" + more, line);
        }
    }

    static ConfigurationFile read(Path file) {
        var entries = new LinkedHashMap<String, Entry>();
        String section = "";
        String last = "";
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read the configuration, but " + FileTrouble.why(e) + ".");
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
                entries.computeIfPresent(last, (_, entry) -> entry.continued(uncommented(text)));
            } else if (text.startsWith("[") && text.endsWith("]")) {
                section = text.substring(1, text.length() - 1).strip();
                last = "";
            } else {
                int equals = text.indexOf('=') < 0 ? text.indexOf(':') : text.indexOf('=');
                if (equals < 0) {
                    throw new ProblemException(Problem.error(new Source(file.toString(), i + 1, 1), text.startsWith("[")
                            ? "Tried to read a section's name, but the line has no \"]\"."
                            : "Tried to read a setting, but the line has no \"=\".",
                            text.startsWith("[")
                                    ? "Write [name]."
                                    : "Write name = value."));
                }
                String name = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                last = section + "." + name;
                entries.put(last, new Entry(section, name, uncommented(text.substring(equals + 1).strip()), i + 1));
            }
        }
        return new ConfigurationFile(file, entries);
    }

    private static String uncommented(String value) {
        int comment = value.indexOf(" ;");
        return comment < 0 ? value : value.substring(0, comment).strip();
    }

    Optional<Entry> at(String section, String name) {
        return Optional.ofNullable(entries.get(section + "." + name)).filter(entry -> !entry.value().isEmpty());
    }
}
