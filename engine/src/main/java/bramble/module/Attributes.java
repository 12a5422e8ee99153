package bramble.module;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A file's permissions and ownership; what isn't given is left to the system, or as it is.
 *
 * @param mode the permission bits, 0 to 07777
 * @param owner a name or a number
 * @param inPlace whether a file that no other can take the place of, a mount point, may be written where it is
 */
public record Attributes(OptionalInt mode, Optional<String> owner, Optional<String> group, boolean inPlace) {
    public Attributes(OptionalInt mode, Optional<String> owner, Optional<String> group) {
        this(mode, owner, group, false);
    }

    /** Nothing is given. */
    public static final Attributes NONE = new Attributes(OptionalInt.empty(), Optional.empty(), Optional.empty());
}
