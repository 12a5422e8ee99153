package bramble.modules.packages;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.module.Platform;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.TreeSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks apk or opkg which of some packages are installed, and, if their newest versions are wanted, which of those
 * could be upgraded.
 */
record SimplePackages(Platform.Packages tool, List<String> names, boolean newest)
        implements
            Fact<SimplePackages.Found> {
    /** Names among those that were asked for. */
    record Found(Set<String> installed, Set<String> upgradable) {
        Found {
            installed = Set.copyOf(installed);
            upgradable = Set.copyOf(upgradable);
        }
    }

    @Override
    public Sh script() {
        return switch (tool) {
            case APK -> Sh.of("apk info -e {} 2>/dev/null{}", names,
                    newest ? Sh.raw("\necho =; apk version -q -l '<' 2>/dev/null | sed 's/-[0-9].*//'") : Sh.raw(""));
            case OPKG -> Sh.of("opkg list-installed 2>/dev/null | cut -d' ' -f1 | grep -Fx {}{}", lines(),
                    newest ? Sh.raw("\necho =; opkg list-upgradable 2>/dev/null | cut -d' ' -f1") : Sh.raw(""));
            case DNF, APT, NONE -> throw new IllegalStateException(tool + " is no simple one");
        };
    }

    private String lines() {
        return String.join("\n", names);
    }

    @Override
    public Found parse(Answer answer) {
        List<String> lines = answer.text().lines().map(String::strip).toList();
        int split = lines.indexOf("=");
        Set<String> installed = Set.copyOf(split < 0 ? lines : lines.subList(0, split));
        Set<String> upgradable = split < 0 ? Set.of() : Set.copyOf(lines.subList(split + 1, lines.size()));
        return new Found(asked(installed), asked(upgradable));
    }

    private Set<String> asked(Set<String> found) {
        return names.stream().filter(found::contains).collect(Collectors.toSet());
    }

    @Override
    public Maybe<Found> after(Effect.Becomes<?> effect, Found current) {
        if (!(effect.fact() instanceof SimplePackages changed) || !(effect.value() instanceof Found found)) {
            return Maybe.known(current);
        }
        var installed = new TreeSet<>(current.installed);
        var upgradable = new TreeSet<>(current.upgradable);
        for (String name : names) {
            if (changed.names.contains(name)) {
                if (found.installed.contains(name)) {
                    installed.add(name);
                } else {
                    installed.remove(name);
                }
                upgradable.remove(name);
            }
        }
        return Maybe.known(new Found(installed, upgradable));
    }
}
