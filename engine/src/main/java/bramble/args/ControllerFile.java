package bramble.args;

import bramble.shell.Content;
import bramble.shell.Digests;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file or folder of the controller that an argument names.
 *
 * @param name what the node calls it, whose names may have any bytes, where it stands for something there
 * @param contents whether the name ends in a slash: not the folder is meant, but what is in it
 * @param digests those that were counted already
 * @param vault opens those that are encrypted
 */
public record ControllerFile(Path path, String name, boolean contents, Digests digests, VaultedFiles vault) {
    public ControllerFile(Path path, boolean contents, Digests digests, VaultedFiles vault) {
        this(path, path.toString(), contents, digests, vault);
    }

    /** A name that stands for something on the node. */
    static ControllerFile remote(String name) {
        try {
            return new ControllerFile(Path.of(name), name.endsWith("/"), new Digests(), VaultedFiles.CLOSED);
        } catch (InvalidPathException _) {
            return new ControllerFile(Path.of(""), name, name.endsWith("/"), new Digests(), VaultedFiles.CLOSED);
        }
    }

    public boolean isFolder() {
        return Files.isDirectory(path);
    }

    /** The same, of which an encrypted file is what it is: no {@code decrypt}. */
    public ControllerFile opened(boolean decrypt) {
        return decrypt ? this : new ControllerFile(path, name, contents, digests, VaultedFiles.CLOSED);
    }

    public Content content() {
        return content(path);
    }

    /** Of a file in the folder. */
    public Content content(Path file) {
        return vault.open(file).orElseGet(() -> Content.of(file, digests));
    }
}
