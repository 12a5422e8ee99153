package bramble.modules.containers;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Something that is mounted in a container, in the words of {@code docker --mount}. */
final class MountSpec {
    private static final Set<String> KEYS = Set.of("type", "source", "src", "target", "destination", "dst", "read_only",
            "readonly", "propagation", "no_copy", "labels", "volume_driver", "volume_options", "tmpfs_size",
            "tmpfs_mode", "non_recursive");

    private MountSpec() {}

    /** @throws IllegalArgumentException with a sentence, if something can't be understood */
    static String wanted(MapValue given) {
        for (String key : given.byName().keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("Tried to read a mount, but it can't have " + key + ": use "
                        + String.join(", ", new java.util.TreeSet<>(KEYS)) + ".");
            }
        }
        String target = first(given, "target", "destination", "dst").orElseThrow(
                () -> new IllegalArgumentException("Tried to read a mount, but it has no target."));
        String type = Tree.given(given, "type").orElse("volume");
        var fields = new ArrayList<String>();
        fields.add("type=" + type);
        first(given, "source", "src").ifPresent(source -> fields.add("source=" + source));
        fields.add("target=" + target);
        if (Tree.yes(given, "read_only") || Tree.yes(given, "readonly")) {
            fields.add("readonly");
        }
        Tree.given(given, "propagation").filter(word -> !word.equals("rprivate") || !type.equals("bind"))
                .ifPresent(word -> fields.add("bind-propagation=" + word));
        if (Tree.yes(given, "non_recursive")) {
            fields.add("bind-nonrecursive=true");
        }
        if (Tree.yes(given, "no_copy")) {
            fields.add("volume-nocopy");
        }
        new TreeMap<>(Tree.map(given, "labels"))
                .forEach((name, value) -> fields.add("volume-label=" + name + "=" + Tree.text(value)));
        Tree.given(given, "volume_driver").ifPresent(driver -> fields.add("volume-driver=" + driver));
        new TreeMap<>(Tree.map(given, "volume_options"))
                .forEach((name, value) -> fields.add("volume-opt=" + name + "=" + Tree.text(value)));
        Tree.given(given, "tmpfs_size").ifPresent(size -> fields.add("tmpfs-size=" + Sizes.bytes(size)));
        Tree.given(given, "tmpfs_mode").ifPresent(mode -> fields.add("tmpfs-mode=" + mode.replaceFirst("^0+", "")));
        return line(fields);
    }

    /** The same of what docker tells. */
    static String told(Value mount) {
        var fields = new ArrayList<String>();
        fields.add("type=" + Tree.text(mount, "Type"));
        Tree.given(mount, "Source").ifPresent(source -> fields.add("source=" + source));
        fields.add("target=" + Tree.text(mount, "Target"));
        if (Tree.yes(mount, "ReadOnly")) {
            fields.add("readonly");
        }
        Tree.given(mount, "BindOptions", "Propagation").filter(word -> !word.equals("rprivate"))
                .ifPresent(word -> fields.add("bind-propagation=" + word));
        if (Tree.yes(mount, "BindOptions", "NonRecursive")) {
            fields.add("bind-nonrecursive=true");
        }
        if (Tree.yes(mount, "VolumeOptions", "NoCopy")) {
            fields.add("volume-nocopy");
        }
        sorted(mount, "VolumeOptions", "Labels").forEach((name, value) -> fields.add("volume-label=" + name + "="
                + Tree.text(value)));
        Tree.given(mount, "VolumeOptions", "DriverConfig", "Name").ifPresent(driver -> fields.add("volume-driver="
                + driver));
        sorted(mount, "VolumeOptions", "DriverConfig", "Options").forEach((name, value) -> fields.add("volume-opt="
                + name + "=" + Tree.text(value)));
        long size = Tree.number(mount, "TmpfsOptions", "SizeBytes");
        if (size > 0) {
            fields.add("tmpfs-size=" + size);
        }
        long mode = Tree.number(mount, "TmpfsOptions", "Mode");
        if (mode > 0) {
            fields.add("tmpfs-mode=" + Long.toOctalString(mode));
        }
        return line(fields);
    }

    private static Map<String, Value> sorted(Value tree, String... path) {
        return new TreeMap<>(Tree.map(tree, path));
    }

    private static Optional<String> first(MapValue given, String... names) {
        for (String name : names) {
            Optional<String> found = Tree.given(given, name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** One line of comma-separated values. */
    static String line(List<String> fields) {
        return String.join(",", fields.stream()
                .map(field -> field.matches("[^,\"]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"").toList());
    }
}
