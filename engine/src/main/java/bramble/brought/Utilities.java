package bramble.brought;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the Python files that a module imports from {@code module_utils} folders of the playbook and of collections.
 *
 * @param folders {@code module_utils} folders
 * @param collectionsPath below which {@code ansible_collections} stands
 */
record Utilities(List<Path> folders, List<Path> collectionsPath) {
    private static final Pattern IMPORT = Pattern.compile(
            "^[ \\t]*(?:from[ \\t]+([\\w.]+)[ \\t]+import[ \\t]+(\\([^)]*\\)|[^\\n#]+)|import[ \\t]+([\\w., \\t]+))",
            Pattern.MULTILINE);
    private static final String PREFIX = "ansible.module_utils.";

    /** The files' texts by the names that Python has for them; a package's own file ends in {@code .__init__}. */
    Map<String, String> of(String text, String name) {
        var found = new LinkedHashMap<String, String>();
        follow(text, name, found);
        return found;
    }

    private void follow(String text, String name, Map<String, String> found) {
        Matcher matcher = IMPORT.matcher(text);
        while (matcher.find()) {
            if (matcher.group(3) != null) {
                for (String one : matcher.group(3).split(",", -1)) {
                    add(one.strip().split("\\s+", -1)[0], found);
                }
                continue;
            }
            String from = absolute(matcher.group(1), name);
            add(from, found);
            for (String one : matcher.group(2).replaceAll("[()]", "").split(",", -1)) {
                add(from + "." + one.strip().split("\\s+", -1)[0], found);
            }
        }
    }

    private static String absolute(String written, String name) {
        if (!written.startsWith(".")) {
            return written;
        }
        String base = name;
        String rest = written;
        while (rest.startsWith(".")) {
            int dot = base.lastIndexOf('.');
            base = dot < 0 ? "" : base.substring(0, dot);
            rest = rest.substring(1);
        }
        return rest.isEmpty() ? base : base + "." + rest;
    }

    private void add(String name, Map<String, String> found) {
        if (!name.matches("[\\w.]+") || found.containsKey(name) || found.containsKey(name + ".__init__")) {
            return;
        }
        Optional<Path> module = file(name, ".py");
        Optional<Path> file = module.or(() -> file(name, "/__init__.py"));
        if (file.isPresent()) {
            String text = read(file.get());
            String full = module.isPresent() ? name : name + ".__init__";
            found.put(full, text);
            follow(text, full, found);
            packages(name, found);
        }
    }

    /** What is in a package needs the package's own file, and those of the packages around it. */
    private void packages(String name, Map<String, String> found) {
        int dot = name.lastIndexOf('.');
        if (dot > 0) {
            String around = name.substring(0, dot);
            if (file(around, "/__init__.py").isPresent()) {
                add(around, found);
            } else {
                packages(around, found);
            }
        }
    }

    private Optional<Path> file(String name, String ending) {
        List<Path> roots = List.of();
        String rest = name;
        if (name.startsWith(PREFIX)) {
            rest = name.substring(PREFIX.length());
            roots = folders;
        } else if (name.startsWith("ansible_collections.")) {
            roots = collectionsPath;
        }
        String path = rest.replace('.', '/') + ending;
        return roots.stream().map(root -> root.resolve(path)).filter(Files::isRegularFile).findFirst();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
