package bramble.template;

import bramble.value.HomePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The folders in which lookups, include and import find files.
 *
 * @param searchPath nearest first: the role's folder, the task file's, the playbook's
 * @param workingDirectory what a relative path outside of them is relative to
 */
public record Site(List<Path> searchPath, Path workingDirectory) {
    public Site {
        searchPath = List.copyOf(searchPath);
    }

    /** A site with nowhere to look but the given folder. */
    public static Site of(Path folder) {
        return new Site(List.of(folder), folder);
    }

    /**
     * The file or folder of that name: of each folder its sub-folder {@code kind}, then the folder itself.
     *
     * @param kind {@code templates}, {@code files}, {@code vars}, {@code tasks}, or empty
     */
    public Optional<Path> find(String kind, String name) {
        return candidates(kind, name).stream().filter(Files::exists).findFirst();
    }

    /** Every place where {@link #find} looks, in order; for messages. */
    public List<Path> candidates(String kind, String name) {
        Path path = Path.of(HomePath.expanded(name));
        if (path.isAbsolute()) {
            return List.of(path.normalize());
        }
        var places = new java.util.LinkedHashSet<Path>();
        for (Path folder : searchPath) {
            if (!kind.isEmpty()) {
                places.add(folder.resolve(kind).resolve(path).normalize());
            }
            places.add(folder.resolve(path).normalize());
        }
        places.add(workingDirectory.resolve(path).normalize());
        return List.copyOf(places);
    }
}
