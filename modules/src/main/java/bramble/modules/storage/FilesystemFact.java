package bramble.modules.storage;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks what a device, or a file that stands for one, has on it. */
record FilesystemFact(String device) implements Fact<FilesystemFact.Contents> {
    /**
     * What is on it.
     *
     * @param exists whether there is such a device
     * @param probed whether the node has blkid
     * @param type as blkid calls it; empty for nothing
     * @param used the bytes that an ext file system has; 0 for others
     * @param size the device's bytes; 0 where that isn't known
     */
    record Contents(boolean exists, boolean probed, String type, long used, long size) {}

    @Override
    public Sh script() {
        return Sh.of(
                """
                        b_f={}
                        [ -e "$b_f" ] || exit 0
                        echo exists=1
                        command -v blkid >/dev/null || exit 0
                        echo probed=1
                        b_o=$(blkid -p -o export -s TYPE "$b_f" 2>/dev/null) || b_o=$(blkid "$b_f" 2>/dev/null | sed -n 's/.* TYPE="\\([^"]*\\)".*/TYPE=\\1/p')
                        printf '%s\\n' "$b_o"
                        if [ -b "$b_f" ]; then echo "size=$(blockdev --getsize64 "$b_f" 2>/dev/null)"; else echo "size=$(($(wc -c <"$b_f")))"; fi
                        case $b_o in *TYPE=ext*) dumpe2fs -h "$b_f" 2>/dev/null | sed -n 's/^Block count: */count=/p; s/^Block size: */block=/p' ;; esac
                        :""",
                device);
    }

    /**
     * A partition that would be made, or removed, is this device; what lay where it begins, nobody knows. A file may be
     * one, too.
     */
    @Override
    public Maybe<Contents> after(Effect.Becomes<?> effect, Contents current) {
        if (effect.fact() instanceof PartitionsFact disk && device.startsWith(disk.device())
                && effect.value() instanceof Optional<?> some
                && some.orElse(null) instanceof PartitionsFact.Disk then) {
            boolean there = then.partitions().stream()
                    .anyMatch(one -> PartitionsFact.device(disk.device(), one.number()).equals(device));
            boolean one = device.substring(disk.device().length()).matches("p?\\d+");
            return !one || there == current.exists()
                    ? Maybe.known(current)
                    : there
                            ? Maybe.unknown("the partition " + device + " would be made by this run")
                            : Maybe.known(new Contents(false, current.probed(), "", 0, 0));
        }
        if (effect.fact() instanceof PathFact(String path) && effect.value() instanceof PathState state
                && (path.equals(device) || NodePath.below(device, path))) {
            boolean made = path.equals(device) && !state.missing() && !current.exists();
            return state instanceof PathState.Absent
                    ? Maybe.known(new Contents(false, current.probed(), "", 0, 0))
                    : made ? Maybe.unknown(device + " would be made by this run") : Maybe.known(current);
        }
        return Fact.super.after(effect, current);
    }

    @Override
    public Contents parse(Answer answer) {
        Map<String, String> values = new HashMap<>();
        answer.text().lines().filter(line -> line.contains("=")).map(line -> line.split("=", 2))
                .forEach(pair -> values.put(pair[0], pair[1].strip()));
        return new Contents(values.containsKey("exists"), values.containsKey("probed"),
                values.getOrDefault("TYPE", ""), number(values, "count") * number(values, "block"),
                number(values, "size"));
    }

    private static long number(Map<String, String> values, String name) {
        String text = values.getOrDefault(name, "");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }
}
