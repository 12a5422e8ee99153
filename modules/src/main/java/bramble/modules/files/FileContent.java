package bramble.modules.files;

import bramble.shell.Content;

/** What is in a file. */
public sealed interface FileContent extends Placed {
    /** No file. */
    record Missing(String real) implements FileContent {
        @Override
        public boolean missing() {
            return true;
        }
    }

    /** A file's bytes. */
    record Bytes(String real, Content content) implements FileContent {}

    /** A file that is larger than {@link ContentFact#LIMIT}. */
    record TooLarge(String real) implements FileContent {}

    /** No file to read; {@code why} completes "it ..." */
    record Unreadable(String real, String why) implements FileContent {}

    @Override
    default boolean missing() {
        return false;
    }
}
