package bramble.modules.facts;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code mounts}: what is mounted where, and how full it is. */
final class MountFacts {
    private MountFacts() {}

    /** Space of one file system, in blocks. */
    private record Space(long size, long total, long available, long inodes, long freeInodes) {
        MapValue facts() {
            return MapValue.of("size_total", size * total, "size_available", size * available, "block_size", size,
                    "block_total", total, "block_available", available, "block_used", total - available, "inode_total",
                    inodes, "inode_available", freeInodes, "inode_used", inodes - freeInodes);
        }
    }

    static MapValue of(Report report) {
        Map<String, Space> spaces = spaces(report.lines("mounts"));
        Map<String, String> uuids = uuids(report);
        var mounts = new ArrayList<Value>();
        Set<String> bound = bound(report);
        for (String line : report.all("mounts", "mount")) {
            String[] words = line.split(" ", 5);
            if (words.length < 5) {
                continue;
            }
            String device = unescaped(words[1]);
            boolean bind = bound.contains(words[2]);
            MapValue mount = MapValue.of("mount", unescaped(words[2]), "device", device, "fstype", words[3], "options",
                    bind ? words[4] + ",bind" : words[4], "uuid",
                    uuids.getOrDefault(device.substring(device.lastIndexOf('/') + 1), "N/A"));
            Space space = spaces.get(words[0]);
            mounts.add(space == null
                    ? mount.with("note", "Could not get extra information due to timeout")
                    : mount.with(space.facts()));
        }
        return MapValue.of("mounts", new ListValue(mounts));
    }

    private static Map<String, Space> spaces(List<String> lines) {
        Map<String, Space> spaces = new HashMap<>();
        List<String> fast = List.of();
        int next = 0;
        String slow = "";
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            switch (words[0]) {
                case "mount" -> {
                    // the mounts themselves
                }
                case "fast" -> fast = List.of(words).subList(1, words.length);
                case "slow" -> slow = words[1];
                case "stat" -> {
                    if (next < fast.size()) {
                        spaces.put(fast.get(next++), stat(words, 1));
                    }
                }
                default -> {
                    if (line.startsWith("stat:")) {
                        next++; // the message for one that can't be asked
                    } else if (!slow.isEmpty() && words.length == 6 && words[0].matches("\\d+")
                            && words[5].matches("\\d+")) {
                        spaces.put(slow, stat(words, 0));
                    } else if (!slow.isEmpty() && words.length >= 6 && words[1].matches("\\d+")
                            && words[3].matches("\\d+")) {
                        spaces.put(slow, new Space(1024, Long.parseLong(words[1]), Long.parseLong(words[3]), 0, 0));
                    }
                }
            }
        }
        return spaces;
    }

    /** Block size, total, free, available, inodes, free inodes. */
    private static Space stat(String[] words, int from) {
        return new Space(Long.parseLong(words[from]), Long.parseLong(words[from + 1]), Long.parseLong(words[from + 3]),
                Long.parseLong(words[from + 4]), Long.parseLong(words[from + 5]));
    }

    /** Where a part of a file system is mounted, not its root. */
    private static Set<String> bound(Report report) {
        return report.lines("mountinfo").stream().map(line -> line.split(" ", 6))
                .filter(words -> words.length == 6 && !words[3].equals("/")).map(words -> words[4])
                .collect(Collectors.toSet());
    }

    private static Map<String, String> uuids(Report report) {
        Map<String, String> uuids = new HashMap<>();
        DiskLinks.of(report).all("uuids").forEach((device, names) -> uuids.put(device, names.getFirst()));
        return uuids;
    }

    /** The kernel writes blanks and backslashes as octal numbers. */
    private static String unescaped(String text) {
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }
}
