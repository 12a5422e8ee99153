package bramble.template.builtin;

import bramble.problem.Source;
import bramble.template.TemplateException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An INI or Java properties file, as Python's configparser reads it.
 *
 * @param sections name to keys and values; the entries of {@code DEFAULT} count for every section
 */
record IniFile(Map<String, Map<String, String>> sections, boolean exact) {
    private static final String DEFAULT = "DEFAULT";

    /**
     * Reads a text.
     *
     * @param properties whether it has no sections: all is in {@code java_properties}, which {@link #section} gives for any name
     * @param exact whether upper and lower case of keys differ
     * @param bare whether a key may stand without a value
     */
    static IniFile read(String text, boolean properties, boolean exact, boolean bare) {
        var sections = new LinkedHashMap<String, Map<String, String>>();
        Map<String, String> current = properties ? sections.computeIfAbsent(DEFAULT, _ -> new LinkedHashMap<>()) : null;
        String key = null;
        int number = 0;
        for (String line : TextFilters.lines(text)) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#") || content.startsWith(";")) {
                continue;
            }
            if (key != null && current != null && Character.isWhitespace(line.charAt(0))) {
                current.merge(key, content, (before, more) -> before + "\n" + more);
                continue;
            }
            if (!properties && content.startsWith("[") && content.endsWith("]")) {
                current = sections.computeIfAbsent(content.substring(1, content.length() - 1),
                        _ -> new LinkedHashMap<>());
                key = null;
                continue;
            }
            int cut = separator(content);
            if (current == null || (cut < 0 && !bare)) {
                throw new TemplateException(Source.NONE,
                        "line " + number + " of the INI file can't be read: " + content,
                        current == null ? "It stands before the first [section]." : "Expected key = value.");
            }
            key = (cut < 0 ? content : content.substring(0, cut)).strip();
            key = exact ? key : key.toLowerCase(Locale.ROOT);
            current.put(key, cut < 0 ? "" : content.substring(cut + 1).strip());
        }
        return new IniFile(sections, exact);
    }

    private static int separator(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
    }

    /** The entries of a section, those of DEFAULT among them. */
    Map<String, String> section(String name) {
        var entries = new LinkedHashMap<>(sections.getOrDefault(DEFAULT, Map.of()));
        entries.putAll(sections.getOrDefault(name, Map.of()));
        return entries;
    }

    Optional<String> get(String section, String key) {
        return Optional.ofNullable(section(section).get(exact ? key : key.toLowerCase(Locale.ROOT)));
    }
}
