package bramble.image;

import java.util.Arrays;
import java.util.List;

/** Paths within a file system, from its root, with slashes. */
final class Paths {
    private Paths() {}

    static List<String> names(String path) {
        return Arrays.stream(path.split("/", -1)).filter(name -> !name.isEmpty()).toList();
    }

    static String parent(String path) {
        List<String> names = names(path);
        return String.join("/", names.subList(0, Math.max(0, names.size() - 1)));
    }

    static String name(String path) {
        List<String> names = names(path);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("'" + path + "' names no file");
        }
        return names.getLast();
    }
}
