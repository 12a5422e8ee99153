package bramble.template.builtin;

import java.util.LinkedHashMap;
import java.util.Map;

/** Gives what comes from one of Ansible's collections its full name besides the short one. */
final class Names {
    private Names() {}

    /** The same entries as {@code name} and as {@code collection.name}. */
    static <T> Map<String, T> of(String collection, Map<String, T> entries) {
        var both = new LinkedHashMap<String, T>(entries);
        entries.forEach((name, entry) -> both.put(collection + "." + name, entry));
        return both;
    }

    /** All entries of several families. */
    @SafeVarargs
    static <T> Map<String, T> all(Map<String, ? extends T>... families) {
        var all = new LinkedHashMap<String, T>();
        for (Map<String, ? extends T> family : families) {
            all.putAll(family);
        }
        return all;
    }
}
