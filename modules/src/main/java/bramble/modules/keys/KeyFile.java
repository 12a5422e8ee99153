package bramble.modules.keys;

import bramble.modules.files.FileContent;
import bramble.modules.files.Placed;
import java.util.Optional;

/** A file that holds a key, a request or a certificate. */
sealed interface KeyFile extends Placed {
    /** What is there. */
    record Held(FileContent content) implements KeyFile {
        @Override
        public String real() {
            return content.real();
        }

        @Override
        public boolean missing() {
            return content.missing();
        }
    }

    /**
     * What a dry run would make, whose bytes nobody can know.
     *
     * @param what a text that is the same for files that would do as well
     */
    record Made(String real, String what) implements KeyFile {
        @Override
        public boolean missing() {
            return false;
        }
    }

    /** The bytes, where there are any to be known. */
    default Optional<byte[]> bytes() {
        return this instanceof Held(FileContent.Bytes(_, var content))
                ? Optional.of(content.bytesOf())
                : Optional.empty();
    }
}
