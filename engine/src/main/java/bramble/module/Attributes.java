package bramble.module;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A file's permissions and ownership; what isn't given is left to the system, or as it is.
 *
 * @param mode the permission bits, 0 to 07777
 * @param owner a name or a number
 */
public record Attributes(OptionalInt mode, Optional<String> owner, Optional<String> group) {
    /** Nothing is given. */
    public static final Attributes NONE = new Attributes(OptionalInt.empty(), Optional.empty(), Optional.empty());
}
