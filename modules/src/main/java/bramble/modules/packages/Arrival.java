package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.modules.files.Lacking;
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

    private static final int MOST_NAMES = 12;

    private Arrival() {}

    static Effect of(List<String> packages) {
        return of(packages, packages);
    }

    /** @param asked those that the task names, which the reason names too; the others come along */
    static Effect of(List<String> packages, List<String> asked) {
        List<String> wanted = packages.stream().filter(asked::contains).toList();
        List<String> named = wanted.isEmpty() ? packages : wanted;
        String first = String.join(", ", named.subList(0, Math.min(MOST_NAMES, named.size())))
                + (named.size() > MOST_NAMES ? " and " + (named.size() - MOST_NAMES) + " more" : "");
        int others = packages.size() - named.size();
        return new Effect.Unknown(Arrival::mayCome, "it may come with " + first
                + (others == 0
                        ? ""
                        : ", or with what comes along (" + others + (others == 1 ? " package)" : " packages)")));
    }

    private static boolean mayCome(Fact<?> fact, Object value) {
        return switch (value) {
            case Placed placed -> placed.missing() && OWN.stream()
                    .noneMatch(own -> placed.real().equals(own) || NodePath.below(placed.real(), own));
            case Lacking answer -> answer.lacking();
            case Optional<?> answer -> answer.isEmpty();
            default -> false;
        };
    }
}
