package bramble.modules.facts;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which distribution it is, in the names that Ansible has for them. */
final class DistributionFacts {
    /** Ansible's name by the ID of /etc/os-release, where it isn't the ID with a capital. */
    private static final Map<String, String> NAMES = Map.ofEntries(Map.entry("raspbian", "Debian"),
            Map.entry("rhel", "RedHat"), Map.entry("centos", "CentOS"), Map.entry("almalinux", "AlmaLinux"),
            Map.entry("ol", "OracleLinux"), Map.entry("amzn", "Amazon"), Map.entry("arch", "Archlinux"),
            Map.entry("archarm", "Archlinux"), Map.entry("openwrt", "OpenWrt"),
            Map.entry("opensuse-leap", "openSUSE Leap"),
            Map.entry("opensuse-tumbleweed", "openSUSE Tumbleweed"), Map.entry("sles", "SLES"),
            Map.entry("sled", "SLED"),
            Map.entry("linuxmint", "Linux Mint"), Map.entry("pop", "Pop!_OS"), Map.entry("elementary", "Elementary"),
            Map.entry("manjaro", "Manjaro"), Map.entry("manjaro-arm", "Manjaro"),
            Map.entry("clear-linux-os", "ClearLinux"),
            Map.entry("flatcar", "Flatcar"), Map.entry("nixos", "NixOS"), Map.entry("void", "Void"),
            Map.entry("photon", "Photon"), Map.entry("osmc", "OSMC"), Map.entry("deepin", "Deepin"),
            Map.entry("openeuler", "openEuler"), Map.entry("altlinux", "Altlinux"));

    /** The family by the distribution. */
    private static final Map<String, List<String>> FAMILIES = Map.ofEntries(
            Map.entry("RedHat",
                    List.of("RedHat", "RHEL", "Fedora", "CentOS", "Scientific", "AlmaLinux", "Rocky", "OracleLinux",
                            "Amazon", "openEuler", "CloudLinux", "Virtuozzo", "EuroLinux")),
            Map.entry("Debian",
                    List.of("Debian", "Ubuntu", "Raspbian", "Neon", "Linux Mint", "Kali", "Devuan", "Pop!_OS",
                            "Elementary", "Parrot", "Deepin", "OSMC", "Armbian")),
            Map.entry("Suse",
                    List.of("SLES", "SLED", "openSUSE Leap", "openSUSE Tumbleweed", "SLES_SAP", "SUSE_LINUX")),
            Map.entry("Archlinux", List.of("Archlinux", "Antergos", "Manjaro")),
            Map.entry("Gentoo", List.of("Gentoo", "Funtoo")),
            Map.entry("Altlinux", List.of("Altlinux")),
            Map.entry("Flatcar", List.of("Flatcar")),
            Map.entry("ClearLinux", List.of("ClearLinux")));

    private static final Pattern CODENAME = Pattern.compile("\\(([^)]+)\\)");

    private DistributionFacts() {}

    static MapValue of(Report report) {
        Map<String, String> os = assignments(report.text("etc os-release"));
        String id = os.getOrDefault("ID", "").toLowerCase(Locale.ROOT);
        String name = id.isEmpty() ? byFile(report) : NAMES.getOrDefault(id, capital(id));
        String version = version(name, os, report);
        String[] parts = version.split("\\.", -1);
        String family = FAMILIES.entrySet().stream().filter(entry -> entry.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst().orElse(name);
        MapValue facts = MapValue.of("distribution", name, "distribution_version", version, "distribution_release",
                release(name, os, report), "distribution_major_version", parts[0].isEmpty() ? "NA" : parts[0],
                "distribution_file_parsed", true, "distribution_file_path", file(name, report),
                "distribution_file_variety",
                variety(family, name), "os_family", family);
        return family.equals("Debian") && parts.length > 1 && name.equals("Debian")
                ? facts.with("distribution_minor_version", parts[1])
                : facts;
    }

    private static String byFile(Report report) {
        if (report.has("etc alpine-release")) {
            return "Alpine";
        }
        if (report.has("etc redhat-release")) {
            return report.text("etc redhat-release").split(" ", 2)[0];
        }
        return report.has("etc openwrt_release") ? "OpenWrt" : report.has("etc debian_version") ? "Debian" : "Linux";
    }

    private static String version(String name, Map<String, String> os, Report report) {
        String named = os.getOrDefault("VERSION_ID", "");
        return switch (name) {
            case "Debian" -> {
                String precise = report.text("etc debian_version").strip();
                yield precise.matches("\\d+(\\.\\d+)*") ? precise : named.isEmpty() ? precise : named;
            }
            case "Alpine" -> or(report.text("etc alpine-release").strip(), named);
            case "OpenWrt" ->
                or(assignments(report.text("etc openwrt_release")).getOrDefault("DISTRIB_RELEASE", ""), named);
            case "CentOS" -> {
                Matcher precise = Pattern.compile("\\d+(\\.\\d+){1,2}").matcher(report.text("etc centos-release"));
                yield precise.find() ? shortened(precise.group()) : named;
            }
            case "Archlinux" -> or(named, "");
            default -> named;
        };
    }

    private static String shortened(String version) {
        String[] parts = version.split("\\.", -1);
        return parts.length > 2 ? parts[0] + "." + parts[1] : version;
    }

    private static String or(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    private static String release(String name, Map<String, String> os, Report report) {
        String codename = os.getOrDefault("VERSION_CODENAME", os.getOrDefault("UBUNTU_CODENAME", ""));
        if (!codename.isEmpty()) {
            return codename;
        }
        if (name.equals("OpenWrt")) {
            return or(assignments(report.text("etc openwrt_release")).getOrDefault("DISTRIB_CODENAME", ""), "NA");
        }
        if (name.equals("Debian")) {
            String written = report.text("etc debian_version").strip();
            if (written.contains("/")) {
                return written.substring(0, written.indexOf('/'));
            }
        }
        Matcher inBrackets = CODENAME.matcher(os.getOrDefault("VERSION", report.text("etc redhat-release")));
        return inBrackets.find() ? inBrackets.group(1) : "NA";
    }

    private static String file(String name, Report report) {
        List<String> candidates = switch (name) {
            case "OpenWrt" -> List.of("openwrt_release", "os-release");
            case "Alpine" -> List.of("alpine-release", "os-release");
            case "Archlinux" -> List.of("arch-release", "os-release");
            default -> report.has("etc redhat-release")
                    ? List.of("redhat-release", "os-release")
                    : List.of("os-release", "lsb-release", "debian_version");
        };
        return candidates.stream().filter(file -> report.has("etc " + file)).findFirst().map(file -> "/etc/" + file)
                .orElse("/etc/os-release");
    }

    private static String variety(String family, String name) {
        return switch (family) {
            case "Debian", "RedHat", "Archlinux", "Altlinux" -> family;
            case "Suse" -> "SUSE";
            default -> name;
        };
    }

    private static String capital(String id) {
        return id.isEmpty() ? id : id.substring(0, 1).toUpperCase(Locale.ROOT) + id.substring(1);
    }

    /** Lines of {@code NAME=value}, as a shell reads them. */
    private static Map<String, String> assignments(String text) {
        Map<String, String> found = new HashMap<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                String value = line.substring(equals + 1).strip();
                boolean quoted = value.length() > 1 && "\"'".indexOf(value.charAt(0)) >= 0;
                found.put(line.substring(0, equals).strip(), quoted ? value.substring(1, value.length() - 1) : value);
            }
        }
        return found;
    }

    static MapValue lsb(Report report) {
        Map<String, String> lsb = new LinkedHashMap<>();
        for (String line : report.lines("lsb program")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                Optional<String> key = switch (line.substring(0, colon)) {
                    case "Distributor ID" -> Optional.of("id");
                    case "Description" -> Optional.of("description");
                    case "Release" -> Optional.of("release");
                    case "Codename" -> Optional.of("codename");
                    default -> Optional.empty();
                };
                key.ifPresent(name -> lsb.put(name, line.substring(colon + 1).strip()));
            }
        }
        if (lsb.isEmpty()) {
            Map<String, String> file = assignments(report.text("lsb file"));
            Map.of("DISTRIB_ID", "id", "DISTRIB_RELEASE", "release", "DISTRIB_DESCRIPTION", "description",
                    "DISTRIB_CODENAME", "codename").forEach((from, to) -> {
                        if (file.containsKey(from)) {
                            lsb.put(to, file.get(from));
                        }
                    });
        }
        if (lsb.containsKey("release")) {
            lsb.put("major_release", lsb.get("release").split("\\.", -1)[0]);
        }
        MapValue facts = MapValue.EMPTY;
        for (Map.Entry<String, String> entry : lsb.entrySet()) {
            facts = facts.with(entry.getKey(), Value.text(entry.getValue()));
        }
        return facts;
    }
}
