package bramble.modules.containers;

import bramble.modules.files.FileContent;
import java.nio.charset.StandardCharsets;

/** A file on the node with the environment of containers. */
final class EnvFile {
    private EnvFile() {}

    /** @throws IllegalArgumentException with a sentence, if it can't be read */
    static String text(String path, FileContent content) {
        return switch (content) {
            case FileContent.Bytes bytes -> new String(bytes.content().bytesOf(), StandardCharsets.UTF_8);
            case FileContent.Missing _ -> throw new IllegalArgumentException("Tried to read the environment from "
                    + path + ", but there is no such file on the node.");
            case FileContent.TooLarge _ -> throw new IllegalArgumentException("Tried to read the environment from "
                    + path + ", but the file is too large.");
            case FileContent.Unreadable unreadable ->
                throw new IllegalArgumentException("Tried to read the environment, but " + unreadable.why());
        };
    }
}
