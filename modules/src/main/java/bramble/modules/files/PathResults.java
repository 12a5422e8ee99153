package bramble.modules.files;

import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import java.util.OptionalInt;

/** The result keys that all modules about files return. */
public final class PathResults {
    private static final Value LATER = new Unknown("the file would be made by this run");

    private PathResults() {}

    /** uid, gid, owner, group, mode, size and state; only the state of what is absent. */
    public static MapValue of(PathState state) {
        return switch (state) {
            case PathState.Absent _ -> MapValue.of("state", "absent");
            case PathState.Present present -> {
                Inode inode = present.inode();
                yield MapValue.of("uid", number(inode.user().id()), "gid", number(inode.group().id()), "owner",
                        inode.user().label(), "group", inode.group().label(), "mode", inode.told(), "state",
                        present.word(), "size", inode.size().isPresent() ? Value.of(inode.size().getAsLong()) : LATER);
            }
        };
    }

    private static Value number(OptionalInt id) {
        return id.isPresent() ? Value.of(id.getAsInt()) : LATER;
    }
}
