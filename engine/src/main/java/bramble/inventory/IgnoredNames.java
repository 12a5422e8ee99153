package bramble.inventory;

import bramble.regex.PythonRegex;
import java.util.List;

/**
 * Which files and folders are left out where a folder is an inventory. Hidden ones, and the folders of variables and of
 * plugins, always are.
 *
 * @param ends what their names end with
 * @param patterns of which one is found in their names
 */
public record IgnoredNames(List<String> ends, List<PythonRegex> patterns) {
    /** What is left out where nobody says otherwise. */
    public static final IgnoredNames USUAL = new IgnoredNames(List.of(".pyc", ".pyo", ".swp", ".bak", "~", ".rpm",
            ".md", ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"), List.of());
    private static final List<String> FOLDERS = List.of("group_vars", "host_vars", "vars_plugins");

    public IgnoredNames {
        ends = List.copyOf(ends);
        patterns = List.copyOf(patterns);
    }

    boolean has(String name) {
        return name.startsWith(".") || FOLDERS.contains(name) || ends.stream().anyMatch(name::endsWith)
                || patterns.stream().anyMatch(pattern -> pattern.search(name).isPresent());
    }
}
