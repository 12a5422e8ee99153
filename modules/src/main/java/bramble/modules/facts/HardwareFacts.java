package bramble.modules.facts;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Memory, processors, disks, and what the firmware says of the machine. */
final class HardwareFacts {
    /** What the numbers of a chassis mean, as the SMBIOS specification lists them. */
    private static final List<String> FORMS = List.of("Unknown", "Other", "Unknown", "Desktop", "Low Profile Desktop",
            "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop", "Notebook", "Hand Held", "Docking Station",
            "All In One", "Sub Notebook", "Space-saving", "Lunch Box", "Main Server Chassis", "Expansion Chassis",
            "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis", "RAID Chassis", "Rack Mount Chassis",
            "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade", "Blade Enclosure", "Tablet",
            "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC");

    private static final List<String> FIRMWARE = List.of("bios_date", "bios_vendor", "bios_version", "board_asset_tag",
            "board_name", "board_serial", "board_vendor", "board_version", "chassis_asset_tag", "chassis_serial",
            "chassis_vendor", "chassis_version", "product_name", "product_serial", "product_uuid", "product_version");

    private HardwareFacts() {}

    static MapValue of(Report report) {
        MapValue facts = memory(report).with(processors(report)).with(firmware(report)).with(Disks.of(report));
        Optional<String> uptime = report.find("hardware", "uptime");
        return uptime.isEmpty()
                ? facts
                : facts.with("uptime_seconds", (long) Double.parseDouble(uptime.get().split(" ", -1)[0]));
    }

    private static MapValue memory(Report report) {
        Map<String, Long> kib = new HashMap<>();
        for (String line : report.lines("meminfo")) {
            String[] words = line.split("[:\\s]+", -1);
            if (words.length > 1 && words[1].matches("\\d+")) {
                kib.put(words[0], Long.parseLong(words[1]) / 1024);
            }
        }
        long total = kib.getOrDefault("MemTotal", 0L);
        long free = kib.getOrDefault("MemFree", 0L);
        long cached = kib.getOrDefault("Cached", 0L) + kib.getOrDefault("Buffers", 0L);
        long swap = kib.getOrDefault("SwapTotal", 0L);
        long swapFree = kib.getOrDefault("SwapFree", 0L);
        return MapValue.of("memtotal_mb", total, "memfree_mb", free, "swaptotal_mb", swap, "swapfree_mb", swapFree,
                "memory_mb",
                MapValue.of("real", MapValue.of("total", total, "used", total - free, "free", free), "nocache",
                        MapValue.of("free", free + cached, "used", total - free - cached), "swap",
                        MapValue.of("total", swap, "free", swapFree, "used", swap - swapFree, "cached",
                                kib.getOrDefault("SwapCached", 0L))));
    }

    private static MapValue processors(Report report) {
        var named = new ArrayList<String>();
        int processors = 0;
        int models = 0;
        Set<String> sockets = new LinkedHashSet<>();
        int siblings = 0;
        int coresEach = 0;
        for (String line : report.lines("cpuinfo")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip()) {
                case "processor" -> {
                    named.add(value);
                    processors++;
                }
                case "vendor_id" -> named.add(value);
                case "model name", "Processor", "cpu", "Vendor" -> {
                    named.add(value);
                    models++;
                }
                case "physical id" -> sockets.add(value);
                case "siblings" -> siblings = number(value);
                case "cpu cores" -> coresEach = number(value);
                default -> {
                    // of no interest
                }
            }
        }
        int count = sockets.isEmpty() ? Math.max(1, Math.max(processors, models)) : sockets.size();
        int each = sockets.isEmpty() ? 1 : Math.max(1, coresEach);
        int threads = sockets.isEmpty() || coresEach == 0 ? 1 : Math.max(1, siblings / coresEach);
        return MapValue.of("processor", named, "processor_count", count, "processor_cores", each,
                "processor_threads_per_core", threads, "processor_vcpus", count * each * threads, "processor_nproc",
                report.find("hardware", "cpus").map(HardwareFacts::listed).orElse(Math.max(1, processors)));
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    /** How many numbers a list like {@code 0-3,8} has. */
    private static int listed(String text) {
        int count = 0;
        for (String range : text.split(",", -1)) {
            String[] ends = range.split("-", -1);
            count += ends.length == 2 ? number(ends[1]) - number(ends[0]) + 1 : 1;
        }
        return count;
    }

    private static MapValue firmware(Report report) {
        MapValue facts = MapValue.EMPTY;
        for (String name : FIRMWARE) {
            facts = facts.with(name, report.find("hardware", name).orElse("NA"));
        }
        int form = number(report.find("hardware", "chassis_type").orElse("none"));
        return facts.with("system_vendor", report.find("hardware", "sys_vendor").orElse("NA")).with("form_factor",
                form > 0 && form < FORMS.size() ? FORMS.get(form) : "NA");
    }

    static Value volumes(Report report) {
        if (!report.has("lvm vgs")) {
            return Value.text("N/A");
        }
        Map<String, MapValue> groups = new LinkedHashMap<>();
        for (String[] words : rows(report, "lvm vgs", 7)) {
            groups.put(words[0],
                    MapValue.of("size_g", words[5], "free_g", words[6], "num_lvs", words[2], "num_pvs", words[1]));
        }
        Map<String, MapValue> volumes = new LinkedHashMap<>();
        for (String[] words : rows(report, "lvm lvs", 4)) {
            volumes.put(words[0], MapValue.of("size_g", words[3], "vg", words[1]));
        }
        Map<String, MapValue> physical = new LinkedHashMap<>();
        for (String[] words : rows(report, "lvm pvs", 6)) {
            physical.put(words[0], MapValue.of("size_g", words[4], "free_g", words[5], "vg", words[1]));
        }
        return MapValue.of("lvs", MapValue.named(volumes), "vgs", MapValue.named(groups), "pvs",
                MapValue.named(physical));
    }

    private static List<String[]> rows(Report report, String section, int columns) {
        var rows = new ArrayList<String[]>();
        for (String line : report.lines(section)) {
            String[] words = line.strip().split("\\|", -1);
            if (words.length >= columns) {
                rows.add(words);
            }
        }
        return rows;
    }

    /** {@code devices} and {@code device_links}. */
    static final class Disks {
        private static final long SECTOR = 512;

        private Disks() {}

        /** One disk or partition as the script described it. */
        private record Part(String name, Map<String, String> fields, List<String> holders, List<String> slaves,
                List<Part> partitions) {
            static Part named(String name) {
                return new Part(name, new HashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            }

            Value field(String field) {
                return Value.of(fields.get(field));
            }
        }

        static MapValue of(Report report) {
            DiskLinks links = DiskLinks.of(report);
            List<Part> disks = read(report.lines("devices"));
            Map<String, List<String>> masters = new TreeMap<>();
            disks.forEach(disk -> disk.slaves.forEach(slave -> masters.computeIfAbsent(slave, _ -> new ArrayList<>())
                    .add(disk.name)));
            MapValue devices = MapValue.EMPTY;
            for (Part disk : disks) {
                devices = devices.with(disk.name, disk(disk, links, masters));
            }
            return MapValue.of("devices", devices, "device_links", MapValue.of("ids", links.all("ids"), "labels",
                    links.all("labels"), "uuids", links.all("uuids"), "masters", masters));
        }

        private static List<Part> read(List<String> lines) {
            var disks = new ArrayList<Part>();
            Part part = Part.named("");
            for (String line : lines) {
                int blank = line.indexOf(' ');
                String key = blank < 0 ? line : line.substring(0, blank);
                String value = blank < 0 ? "" : line.substring(blank + 1).strip();
                switch (key) {
                    case "disk" -> {
                        part = Part.named(value);
                        disks.add(part);
                    }
                    case "partition" -> {
                        part = Part.named(value);
                        disks.getLast().partitions.add(part);
                    }
                    case "holder" -> part.holders.add(part.fields.getOrDefault("holder " + value, value));
                    case "holdername" -> {
                        String[] words = value.split(" ", 2);
                        part.fields.put("holder " + words[0], words.length > 1 ? words[1] : words[0]);
                    }
                    case "slave" -> part.slaves.add(value);
                    default -> part.fields.put(key, value);
                }
            }
            return disks;
        }

        private static MapValue disk(Part disk, DiskLinks links, Map<String, List<String>> masters) {
            String sectorSize = disk.fields.getOrDefault("queue/logical_block_size",
                    disk.fields.getOrDefault("queue/hw_sector_size", "512"));
            String sectors = disk.fields.getOrDefault("size", "0");
            MapValue partitions = MapValue.EMPTY;
            for (Part part : disk.partitions) {
                String size = part.fields.getOrDefault("size", "0");
                List<String> uuids = links.of("uuids", part.name);
                partitions = partitions.with(part.name,
                        MapValue.of("links", names(part.name, links, masters), "start", part.field("start"), "sectors",
                                size,
                                "sectorsize", sectorSize, "size", human(size), "uuid",
                                uuids.isEmpty() ? null : uuids.getFirst(), "holders", part.holders));
            }
            String scheduler = disk.fields.getOrDefault("queue/scheduler", "");
            int open = scheduler.indexOf('[');
            MapValue facts = MapValue.of("removable", disk.field("removable"), "vendor", disk.field("device/vendor"),
                    "model",
                    disk.field("device/model"), "rotational", disk.field("queue/rotational"), "sectors", sectors,
                    "sectorsize", sectorSize, "size", human(sectors), "scheduler_mode",
                    open < 0 ? "" : scheduler.substring(open + 1, scheduler.indexOf(']')), "support_discard",
                    disk.field("queue/discard_granularity"), "host", "", "holders", disk.holders, "links",
                    names(disk.name, links, masters), "partitions", partitions, "sas_address", null,
                    "sas_device_handle",
                    null, "virtual", 1);
            if (disk.fields.containsKey("device/serial")) {
                facts = facts.with("serial", disk.fields.get("device/serial"));
            }
            String wwid = disk.fields.getOrDefault("wwid", disk.fields.getOrDefault("device/wwid", ""));
            return wwid.isEmpty() ? facts : facts.with("wwn", wwid);
        }

        private static MapValue names(String device, DiskLinks links, Map<String, List<String>> masters) {
            return MapValue.of("ids", links.of("ids", device), "labels", links.of("labels", device), "uuids",
                    links.of("uuids", device), "masters", masters.getOrDefault(device, List.of()));
        }

        /** The kernel counts in sectors of 512 bytes, whatever those of the disk are. */
        private static String human(String sectors) {
            double size = sectors.matches("\\d+") ? Double.parseDouble(sectors) * SECTOR : 0;
            List<String> units = List.of("Bytes", "KB", "MB", "GB", "TB", "PB");
            int unit = 0;
            while (size >= 1024 && unit < units.size() - 1) {
                size /= 1024;
                unit++;
            }
            return String.format(Locale.ROOT, "%.2f %s", size, units.get(unit));
        }
    }
}
