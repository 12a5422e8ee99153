package bramble.modules.packages;

import bramble.module.Effect;
import bramble.modules.files.Lacking;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What comes with packages: files, users, groups, units that aren't there now are unknown until they are installed; what
 * is there stays as it is. What lies in /etc or /srv is named after one of the packages: all else there is somebody's own.
 */
final class Arrival {
    /** Where packages put nothing, by the Filesystem Hierarchy Standard. */
    private static final List<String> OWN = List.of("/home", "/root", "/opt", "/usr/local", "/tmp", "/var/tmp",
            "/mnt", "/media");

    /** Parts of names that say nothing of what they belong to. */
    private static final Set<String> COMMON = Set.of("base", "common", "core", "daemon", "data", "default", "dev",
            "extra", "init", "lib", "main", "perl", "python3", "server", "client", "service", "system", "systemd",
            "tools",
            "utils", "conf", "config", "etc", "local", "the", "pub", "pem", "crt", "key", "json", "yml", "yaml");

    private static final List<String> NAMED = List.of("/etc", "/srv");
    private static final int MOST_NAMES = 12;
    private static final int SHORTEST = 3; // parts of names that are looked at
    private static final int ALIKE = 4; // letters at the beginning that make two of them one

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
        Set<String> parts = packages.stream().flatMap(Arrival::parts).collect(Collectors.toUnmodifiableSet());
        return new Effect.Unknown((fact, value) -> mayCome(packages, parts, value), "it may come with " + first
                + (others == 0
                        ? ""
                        : ", or with what comes along (" + others + (others == 1 ? " package)" : " packages)")));
    }

    private static boolean mayCome(List<String> names, Set<String> packages, Object value) {
        return switch (value) {
            case Placed placed -> placed.missing() && OWN.stream()
                    .noneMatch(own -> placed.real().equals(own) || NodePath.below(placed.real(), own))
                    && NAMED.stream().filter(named -> NodePath.below(placed.real(), named)).allMatch(
                            named -> parts(placed.real().substring(named.length()))
                                    .anyMatch(part -> packages.stream().anyMatch(other -> related(part, other))));
            case Lacking answer -> answer.lacking() && answer.bringer()
                    .map(only -> names.stream().anyMatch(name -> name.replaceFirst(":.*", "").equals(only)))
                    .orElse(true);
            case Optional<?> answer -> answer.isEmpty();
            default -> false;
        };
    }

    /** What a name consists of, and all of it in one. */
    static Stream<String> parts(String name) {
        return Arrays.stream(name.toLowerCase(Locale.ROOT).split("/", -1))
                .flatMap(word -> Stream.concat(Arrays.stream(word.split("[^a-z0-9]+", -1)),
                        Stream.of(word.replaceAll("[^a-z0-9]", ""))))
                .filter(part -> part.length() >= SHORTEST && !COMMON.contains(part));
    }

    private static boolean related(String one, String other) {
        return one.contains(other) || other.contains(one)
                || one.regionMatches(0, other, 0, ALIKE);
    }
}
