package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import java.util.List;
import java.util.Optional;

/**
 * What comes with packages: files, users, groups, units that aren't there now are unknown until they are installed; what
 * is there stays as it is.
 */
final class Arrival {
    /** Where packages put nothing, by the Filesystem Hierarchy Standard. */
    private static final List<String> OWN = List.of("/home", "/root", "/srv", "/opt", "/usr/local", "/tmp", "/var/tmp",
            "/mnt", "/media");

    private Arrival() {}

    static Effect of(List<String> packages) {
        String names = String.join(", ", packages.subList(0, Math.min(3, packages.size())))
                + (packages.size() > 3 ? " and " + (packages.size() - 3) + " more" : "");
        return new Effect.Unknown(Arrival::mayCome, "it may come with " + names);
    }

    private static boolean mayCome(Fact<?> fact, Object value) {
        return switch (value) {
            case Placed placed -> placed.missing() && OWN.stream()
                    .noneMatch(own -> placed.real().equals(own) || NodePath.below(placed.real(), own));
            case Optional<?> answer -> answer.isEmpty();
            default -> false;
        };
    }
}
