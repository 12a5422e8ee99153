package bramble.template.builtin;

import bramble.problem.Source;
import bramble.template.TemplateException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An INI or Java properties file, as Python's configparser reads it.
 *
 * @param sections name to keys and values; the entries of {@code DEFAULT} count for every section
 * @param bare the keys without a value, with their section
 */
record IniFile(Map<String, Map<String, String>> sections, boolean exact, Set<List<String>> bare) {
    private static final Pattern REFERENCE = Pattern.compile("%(?:\\(([^)]+)\\)s|%)");
    private static final int DEPTH = 10;
    static final String DEFAULT = "DEFAULT";

    /**
     * Reads a text.
     *
     * @param properties whether it has no sections: all is in {@code java_properties}, which {@link #section} gives for any name
     * @param exact whether upper and lower case of keys differ
     * @param file its name, for messages
     * @param bare whether a key may stand without a value
     */
    static IniFile read(String text, String file, boolean properties, boolean exact, boolean bare) {
        var alone = new HashSet<List<String>>();
        String section = DEFAULT;
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
                section = content.substring(1, content.length() - 1);
                current = sections.computeIfAbsent(section, _ -> new LinkedHashMap<>());
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
            if (current.put(key, cut < 0 ? "" : content.substring(cut + 1).strip()) != null && !properties) {
                throw new TemplateException("Duplicate option in '" + file + "': option '" + key + "' in section '"
                        + section + "' already exists (line " + number + ")");
            }
            if (cut < 0) {
                alone.add(List.of(section, key));
            }
        }
        return new IniFile(sections, exact, alone);
    }

    private static int separator(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
    }

    /** With {@code %(name)s} replaced by the value of that name in the section, and {@code %%} by a percent sign. */
    IniFile interpolated() {
        var all = new LinkedHashMap<String, Map<String, String>>();
        sections.forEach((name, entries) -> {
            var replaced = new LinkedHashMap<String, String>();
            entries.forEach((key, value) -> replaced.put(key, interpolated(value, section(name), DEPTH)));
            all.put(name, replaced);
        });
        return new IniFile(all, exact, bare);
    }

    private String interpolated(String value, Map<String, String> entries, int depth) {
        if (depth == 0) {
            throw new TemplateException("the value \"" + value + "\" refers to itself");
        }
        return REFERENCE.matcher(value).replaceAll(match -> {
            String name = match.group(1);
            if (name == null) {
                return "%";
            }
            String found = entries.get(exact ? name : name.toLowerCase(Locale.ROOT));
            if (found == null) {
                throw new TemplateException("Bad value substitution: \"" + value + "\" refers to " + name
                        + ", which is not there");
            }
            return Matcher.quoteReplacement(interpolated(found, entries, depth - 1));
        });
    }

    boolean isBare(String section, String key) {
        return bare.contains(List.of(section, exact ? key : key.toLowerCase(Locale.ROOT)));
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
