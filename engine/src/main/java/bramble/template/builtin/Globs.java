package bramble.template.builtin;

import bramble.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds files on the controller by shell patterns. */
final class Globs {
    private Globs() {}

    /** The plain files, in order, that a path with wildcards in any of its parts stands for. */
    static List<String> files(Path pattern) {
        Path root = pattern.getRoot();
        List<Path> found = List.of(root == null ? Path.of("") : root);
        for (Path part : pattern) {
            var next = new ArrayList<Path>();
            for (Path folder : found) {
                next.addAll(children(folder, part.toString()));
            }
            found = next;
        }
        return found.stream().filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }

    private static List<Path> children(Path folder, String part) {
        if (part.chars().noneMatch(c -> "*?[".indexOf(c) >= 0)) {
            Path child = folder.resolve(part);
            return Files.exists(child) ? List.of(child) : List.of();
        }
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Pattern wanted = Pattern.compile(regex(part), Pattern.DOTALL);
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> wanted.matcher(String.valueOf(child.getFileName())).matches()).toList();
        } catch (IOException e) {
            throw new TemplateException("Tried to list " + folder + ", but " + e.getMessage());
        }
    }

    /** A shell pattern as a regular expression; names that start with a dot are only found by a pattern that does. */
    static String regex(String glob) {
        var regex = new StringBuilder(glob.startsWith(".") ? "" : "(?!\\.)");
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            int end = c == '[' ? glob.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (end > 0) {
                String inside = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[").replace("&",
                        "\\&");
                regex.append('[').append(inside.startsWith("!") ? "^" + inside.substring(1) : inside).append(']');
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }
}
