package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/**
 * Asks gem which versions of a Ruby package are installed; empty where the node has no gem.
 *
 * @param newest whether the newest version that can be had matters too
 * @param where words that say where to look
 */
record GemFact(String executable, String name, List<String> where, boolean newest)
        implements
            Fact<Optional<GemFact.Versions>> {
    /** The version that would come, where nobody knows which. */
    static final String COMING = "?";

    GemFact {
        where = List.copyOf(where);
    }

    /** Those that are installed; the newest is empty where it doesn't matter or can't be had. */
    record Versions(List<String> installed, String newest) {
        Versions {
            installed = List.copyOf(installed);
        }
    }

    @Override
    public Sh script() {
        Sh remote = newest
                ? Sh.of("\necho remote; {} list --remote {} 2>/dev/null", executable, "^" + name + "$")
                : Sh.raw("");
        return Sh.of("command -v {} >/dev/null || exit 0; echo tool; {}{} list --local {}{}\n:", executable,
                where.isEmpty() ? Sh.raw("") : Sh.of("GEM_HOME={} ", where.getFirst()), executable, "^" + name + "$",
                remote);
    }

    @Override
    public Optional<Versions> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        int split = lines.indexOf("remote");
        List<String> local = versions(split < 0 ? lines : lines.subList(0, split));
        List<String> remote = split < 0 ? List.of() : versions(lines.subList(split, lines.size()));
        return Optional.of(new Versions(local, remote.isEmpty() ? "" : remote.getFirst()));
    }

    /** {@code rake (13.0.6, default: 12.3)}. */
    private List<String> versions(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(name + " ("))
                .flatMap(line -> List
                        .of(line.substring(name.length() + 2).replaceFirst("\\).*", "").split(",", -1)).stream())
                .map(version -> version.strip().replace("default: ", "").split(" ", -1)[0]).toList();
    }
}
