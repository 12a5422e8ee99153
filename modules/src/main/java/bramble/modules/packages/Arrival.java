package bramble.modules.packages;

import bramble.module.Effect;
import java.util.List;
import java.util.Optional;

/**
 * What comes with packages: files, users, groups, units that aren't there now are unknown until they are installed; what
 * is there stays as it is.
 */
final class Arrival {
    private Arrival() {}

    static Effect of(List<String> packages) {
        String names = String.join(", ", packages.subList(0, Math.min(3, packages.size())))
                + (packages.size() > 3 ? " and " + (packages.size() - 3) + " more" : "");
        return new Effect.Unknown((_, value) -> value instanceof Optional<?> answer && answer.isEmpty(),
                "it may come with " + names);
    }
}
