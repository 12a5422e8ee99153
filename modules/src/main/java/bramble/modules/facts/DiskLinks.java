package bramble.modules.facts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The names that udev gives to disks and partitions: by kind ({@code ids}, {@code labels}, {@code uuids}), by device. */
record DiskLinks(Map<String, Map<String, List<String>>> kinds) {

    static DiskLinks of(Report report) {
        Map<String, Map<String, List<String>>> kinds = new LinkedHashMap<>();
        String kind = "";
        for (String line : report.lines("links")) {
            if (line.startsWith("/dev/disk/by-")) {
                kind = line.substring("/dev/disk/by-".length()).replace(":", "").strip() + "s";
            }
            int arrow = line.indexOf(" -> ");
            if (line.startsWith("l") && arrow > 0) {
                String name = line.substring(line.lastIndexOf(' ', arrow - 1) + 1, arrow);
                String device = line.substring(line.lastIndexOf('/') + 1);
                kinds.computeIfAbsent(kind, _ -> new TreeMap<>()).computeIfAbsent(device, _ -> new ArrayList<>())
                        .add(name);
            }
        }
        return new DiskLinks(kinds);
    }

    Map<String, List<String>> all(String kind) {
        return kinds.getOrDefault(kind, Map.of());
    }

    List<String> of(String kind, String device) {
        return all(kind).getOrDefault(device, List.of());
    }
}
