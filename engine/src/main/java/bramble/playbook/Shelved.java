package bramble.playbook;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that is part of a collection on disk, {@code ROOT/ansible_collections/my/coll/playbooks/site.yml}.
 *
 * @param root below which {@code ansible_collections} stands
 * @param name of the collection, {@code my.coll}
 */
public record Shelved(Path root, String name) {

    /** Empty for a file that is in no collection. */
    public static Optional<Shelved> of(Path file) {
        Path path = file.toAbsolutePath().normalize();
        for (int i = path.getNameCount() - 4; i > 0; i--) {
            if (path.getName(i).toString().equals("ansible_collections")) {
                Path root = path.getRoot().resolve(path.subpath(0, i));
                return Optional.of(new Shelved(root, path.getName(i + 1) + "." + path.getName(i + 2)));
            }
        }
        return Optional.empty();
    }
}
