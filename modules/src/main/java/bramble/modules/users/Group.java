package bramble.modules.users;

import java.util.OptionalInt;
import java.util.Set;

/**
 * A group.
 *
 * @param gid empty where the system will choose it
 * @param members those who have it as a further group
 */
public record Group(String name, OptionalInt gid, Set<String> members) {
    public Group {
        members = Set.copyOf(members);
    }
}
