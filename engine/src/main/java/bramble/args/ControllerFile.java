package bramble.args;

import bramble.shell.Content;
import bramble.shell.Digests;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file or folder of the controller that an argument names.
 *
 * @param contents whether the name ends in a slash: not the folder is meant, but what is in it
 * @param digests those that were counted already
 */
public record ControllerFile(Path path, boolean contents, Digests digests) {
    public ControllerFile(Path path, boolean contents) {
        this(path, contents, new Digests());
    }

    /** A name that stands for something on the node. */
    static ControllerFile remote(String name) {
        return new ControllerFile(Path.of(name), name.endsWith("/"));
    }

    public boolean isFolder() {
        return Files.isDirectory(path);
    }

    public Content content() {
        return Content.of(path, digests);
    }
}
