package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.modules.files.CommandFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import bramble.modules.services.Service;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What may go with packages: programs, services and files that are called as one of them are no longer known. Settings and
 * data stay, unless the packages are purged.
 */
final class Departure {
    private static final List<String> PROGRAMS = List.of("/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin", "/usr/lib",
            "/usr/share");
    private static final List<String> SETTINGS = List.of("/etc", "/var/lib", "/var/cache", "/var/log");

    private Departure() {}

    static Effect of(List<String> packages, boolean purge) {
        Set<String> parts = packages.stream().flatMap(Arrival::parts).collect(Collectors.toUnmodifiableSet());
        return new Effect.Unknown((fact, value) -> mayGo(parts, purge, fact, value), "it may go with "
                + packages.getFirst() + (packages.size() > 1 ? ", or with what goes along" : ""), true);
    }

    private static boolean mayGo(Set<String> parts, boolean purge, Fact<?> fact, Object value) {
        if (value instanceof Placed placed) {
            return !placed.missing() && (lies(placed.real(), PROGRAMS) || (purge && lies(placed.real(), SETTINGS)))
                    && named(placed.real(), parts);
        }
        Optional<String> name = fact instanceof CommandFact(String command)
                ? Optional.of(command)
                : Service.named(fact);
        return value instanceof Optional<?> found && found.isPresent()
                && name.filter(text -> named(text, parts)).isPresent();
    }

    private static boolean lies(String path, List<String> folders) {
        return folders.stream().anyMatch(folder -> NodePath.below(path, folder));
    }

    private static boolean named(String name, Set<String> parts) {
        return Arrival.parts(name).anyMatch(parts::contains);
    }
}
