package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An ansible.cfg as it is written: sections, names and values, each with its line.
 *
 * @param entries by {@code section.name}
 */
record ConfigurationFile(Path path, Map<String, Entry> entries) {
    private static final Pattern SECTION = Pattern.compile("\\[([^]]+)]");
    private static final Pattern SETTING = Pattern.compile("([^=:]+)[=:](.*)");

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
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            Matcher header = SECTION.matcher(text);
            if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
                entries.computeIfPresent(last, (_, entry) -> entry.continued(uncommented(text)));
            } else if (header.lookingAt()) {
                section = header.group(1).strip();
                last = "";
            } else {
                var place = new Source(file.toString(), i + 1, 1);
                if (text.startsWith("[")) {
                    throw new ProblemException(Problem.error(place,
                            "Tried to read a section's name, but the line has no \"]\".", "Write [name]."));
                }
                Matcher setting = SETTING.matcher(text);
                if (!setting.matches()) {
                    throw new ProblemException(Problem.error(place,
                            "Tried to read a setting, but the line has no \"=\" with a name before it.",
                            "Write name = value."));
                }
                if (section.isEmpty()) {
                    throw new ProblemException(Problem.error(place,
                            "Tried to read a setting, but there is no section before it.",
                            "Write [defaults], or the name of another section, into the line before."));
                }
                var entry = new Entry(section, setting.group(1).strip().toLowerCase(Locale.ROOT),
                        uncommented(setting.group(2).strip()), i + 1);
                last = section + "." + entry.name;
                Entry before = entries.put(last, entry);
                if (before != null) {
                    throw new ProblemException(Problem.error(place, "Tried to read the setting " + entry.name
                            + ", but it stands in line " + before.line + " already.", "Which of them shall count?"));
                }
            }
        }
        return new ConfigurationFile(file, entries);
    }

    /** Remarks may be in any encoding; Windows puts a mark before the first line. */
    private static List<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replaceFirst("^\ufeff", "").lines()
                    .toList();
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read the configuration, but " + FileTrouble.why(e) + ".");
        }
    }

    private static String uncommented(String value) {
        int comment = value.indexOf(" ;");
        return comment < 0 ? value : value.substring(0, comment).strip();
    }

    Optional<Entry> at(String section, String name) {
        return Optional.ofNullable(entries.get(section + "." + name)).filter(entry -> !entry.value().isEmpty());
    }
}
