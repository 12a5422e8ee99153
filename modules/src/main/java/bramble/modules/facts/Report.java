package bramble.modules.facts;

import bramble.shell.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the setup script printed: texts by the names of their sections. */
record Report(Map<String, String> sections) {

    /** A section begins with a line of a record separator and its name. */
    static Report of(Answer answer) {
        Map<String, String> sections = new LinkedHashMap<>();
        String text = answer.text();
        for (String part : text.split("\036", -1)) {
            int line = part.indexOf('\n');
            if (line > 0) {
                sections.merge(part.substring(0, line), part.substring(line + 1), String::concat);
            }
        }
        return new Report(sections);
    }

    boolean has(String section) {
        return sections.containsKey(section);
    }

    String text(String section) {
        return sections.getOrDefault(section, "");
    }

    List<String> lines(String section) {
        return text(section).lines().filter(line -> !line.isBlank()).toList();
    }

    /** The rest of the first line that begins with the key. */
    Optional<String> find(String section, String key) {
        return all(section, key).stream().findFirst();
    }

    /** The rests of the lines that begin with the key. */
    List<String> all(String section, String key) {
        var found = new ArrayList<String>();
        for (String line : lines(section)) {
            if (line.startsWith(key + " ")) {
                found.add(line.substring(key.length() + 1).strip());
            }
        }
        return found;
    }

    /** The sections whose names begin so, in order; the names are without that beginning. */
    Map<String, String> under(String beginning) {
        Map<String, String> found = new LinkedHashMap<>();
        sections.forEach((name, text) -> {
            if (name.startsWith(beginning)) {
                found.put(name.substring(beginning.length()), text);
            }
        });
        return found;
    }
}
