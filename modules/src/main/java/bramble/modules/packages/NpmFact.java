package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks npm for the libraries that are installed, by name; empty where the node has no npm.
 *
 * @param folder the project's; empty for those of the whole node
 * @param outdated whether it matters which of them have newer versions
 */
record NpmFact(String executable, String folder, boolean outdated) implements Fact<Optional<NpmFact.Libraries>> {
    /** The version that would come, where nobody knows which. */
    static final String COMING = "?";

    /**
     * What is there.
     *
     * @param versions by name
     * @param old the names of those that have newer versions
     * @param sound whether nothing lacks that another needs
     */
    record Libraries(Map<String, String> versions, List<String> old, boolean sound) {
        Libraries {
            versions = Map.copyOf(versions);
            old = List.copyOf(old);
        }
    }

    /** Where npm is run. */
    Sh in() {
        return folder.isEmpty() ? Sh.raw("") : Sh.of("cd {} && ", folder);
    }

    @Override
    public Sh script() {
        Sh global = Sh.raw(folder.isEmpty() ? " --global" : "");
        Sh newer = outdated
                ? Sh.of("echo outdated; ({}{} outdated --parseable{} 2>/dev/null)\n", in(), executable, global)
                : Sh.raw("");
        return Sh.of("""
                command -v {} >/dev/null || exit 0
                echo tool; ({}{} list --depth=0 --parseable --long{} 2>/dev/null) && echo sound
                {}:""", executable, in(), executable, global, newer);
    }

    @Override
    public Optional<Libraries> parse(Answer answer) {
        List<String> lines = answer.text().lines().toList();
        if (!lines.contains("tool")) {
            return Optional.empty();
        }
        int split = lines.indexOf("outdated");
        Map<String, String> versions = new TreeMap<>();
        for (String line : split < 0 ? lines : lines.subList(0, split)) {
            String[] parts = line.split(":", -1);
            int at = parts.length > 1 ? parts[1].lastIndexOf('@') : -1;
            if (at > 0 && parts[0].contains("/node_modules/")) {
                versions.put(parts[1].substring(0, at), parts[1].substring(at + 1));
            }
        }
        List<String> old = split < 0
                ? List.of()
                : lines.subList(split + 1, lines.size()).stream().map(line -> line.split(":", -1))
                        .filter(parts -> parts.length > 1 && parts[1].lastIndexOf('@') > 0)
                        .map(parts -> parts[1].substring(0, parts[1].lastIndexOf('@'))).toList();
        return Optional.of(new Libraries(versions, old, lines.contains("sound")));
    }
}
