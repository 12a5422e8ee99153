package bramble.modules.facts;

import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The small facts: what boots it, what serves it, what guards it. */
final class SystemFacts {
    private SystemFacts() {}

    static MapValue environment(Report report) {
        MapValue environment = MapValue.EMPTY;
        for (String entry : report.text("env").split("\0", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                environment = environment.with(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return MapValue.of("env", environment);
    }

    static MapValue cmdline(Report report) {
        MapValue last = MapValue.EMPTY;
        MapValue all = MapValue.EMPTY;
        for (String word : words(report.find("cmdline", "cmdline").orElse(""))) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? word : word.substring(0, equals);
            Value value = equals < 0 ? Bool.of(true) : new Text(word.substring(equals + 1));
            last = last.with(key, value);
            Optional<Value> before = all.get(key).filter(_ -> equals >= 0);
            if (before.isEmpty()) {
                all = all.with(key, value);
            } else {
                var items = new ArrayList<Value>(
                        before.get() instanceof ListValue list ? list.items() : List.of(before.get()));
                items.add(value);
                all = all.with(key, new ListValue(items));
            }
        }
        return MapValue.of("cmdline", last, "proc_cmdline", all);
    }

    /** Words as the kernel separates them: double quotes keep blanks. */
    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean quoted = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                }
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        return words;
    }

    static MapValue dns(Report report) {
        MapValue dns = MapValue.EMPTY;
        for (String line : report.lines("dns")) {
            List<String> words = List.of(line.replaceFirst("[#;].*", "").strip().split("\\s+", -1));
            if (words.size() < 2) {
                continue;
            }
            List<String> rest = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> {
                    var servers = new ArrayList<Value>(
                            dns.get("nameservers").map(list -> ((ListValue) list).items()).orElse(List.of()));
                    rest.forEach(server -> servers.add(new Text(server)));
                    dns = dns.with("nameservers", new ListValue(servers));
                }
                case "domain" -> dns = dns.with("domain", rest.getFirst());
                case "search" -> dns = dns.with("search", rest);
                case "sortlist" -> dns = dns.with("sortlist", rest);
                case "options" -> {
                    MapValue options = MapValue.EMPTY;
                    for (String option : rest) {
                        int colon = option.indexOf(':');
                        options = colon < 0
                                ? options.with(option, true)
                                : options.with(option.substring(0, colon), option.substring(colon + 1));
                    }
                    dns = dns.with("options", options);
                }
                default -> {
                    // a comment, or a word that resolvers don't know either
                }
            }
        }
        return MapValue.of("dns", dns);
    }

    static MapValue selinux(Report report) {
        MapValue facts = MapValue.of("status", "disabled");
        if (report.find("selinux", "present").isPresent()) {
            facts = MapValue.of("status", "enabled", "mode",
                    report.find("selinux", "enforce").orElse("0").equals("1") ? "enforcing" : "permissive",
                    "policyvers",
                    report.find("selinux", "policyvers").<Object>map(Integer::valueOf).orElse("unknown"), "config_mode",
                    setting(report, "SELINUX="), "type", setting(report, "SELINUXTYPE="));
        }
        return MapValue.of("selinux", facts, "selinux_python_present", false);
    }

    private static String setting(Report report, String key) {
        return report.lines("selinux").stream().filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip()).findFirst().orElse("unknown");
    }

    static MapValue capabilities(Report report) {
        String enforced = "NA";
        List<String> capabilities = List.of();
        for (String line : report.lines("caps")) {
            if (line.startsWith("Current:")) {
                String all = line.substring("Current:".length()).strip();
                boolean every = all.equals("=ep");
                enforced = every ? "False" : "True";
                capabilities = every ? List.of() : List.of(all.replaceFirst("^=\\s*", "").split(",\\s*", -1));
            }
        }
        return MapValue.of("system_capabilities_enforced", enforced, "system_capabilities", capabilities);
    }

    static boolean chroot(Report report) {
        List<String> lines = report.lines("chroot");
        if (lines.contains("yes")) {
            return true;
        }
        boolean unusual = lines.stream().anyMatch(line -> line.contains(" / btrfs ") || line.contains(" / xfs ")
                || line.contains(" / overlay "));
        return lines.stream().anyMatch(line -> line.strip().matches("\\d+ /") && !line.strip().equals("2 /"))
                && !unusual;
    }

    static String initiator(Report report) {
        return report.lines("iscsi").stream().filter(line -> line.startsWith("InitiatorName="))
                .map(line -> line.substring("InitiatorName=".length()).strip()).findFirst().orElse("");
    }

    static MapValue load(Report report) {
        String[] numbers = report.find("loadavg", "loadavg").orElse("0 0 0").split(" ", -1);
        return MapValue.of("loadavg", MapValue.of("1m", number(numbers[0]), "5m", number(numbers[1]), "15m",
                number(numbers[2])));
    }

    private static Value number(String text) {
        return new Real(Double.parseDouble(text));
    }

    static String packages(Report report) {
        List<String> there = report.lines("pkg_mgr");
        List<List<String>> names = List.of(List.of("rpm-ostree", "atomic_container"), List.of("dnf5", "dnf5"),
                List.of("dnf", "dnf"), List.of("yum", "yum"), List.of("apt-get", "apt"), List.of("opkg", "opkg"),
                List.of("apk", "apk"), List.of("zypper", "zypper"), List.of("pacman", "pacman"),
                List.of("emerge", "portage"),
                List.of("xbps-install", "xbps"), List.of("swupd", "swupd"), List.of("nix-env", "nix"));
        return names.stream().filter(pair -> there.contains(pair.get(0))).map(pair -> pair.get(1)).findFirst()
                .orElse("unknown");
    }

    static String services(Report report) {
        String first = report.find("service_mgr", "comm").orElse("");
        List<String> there = report.all("service_mgr", "there");
        if (!first.isEmpty() && !first.equals("init") && !first.endsWith("sh")) {
            return switch (first) {
                case "procd" -> "openwrt_init";
                case "runit-init" -> "runit";
                case "svscan" -> "svc";
                default -> first;
            };
        }
        boolean systemd = there.contains("systemctl") && there.stream().anyMatch(path -> path.contains("/systemd"));
        if (systemd) {
            return "systemd";
        }
        if (there.contains("/sbin/upstart")) {
            return "upstart";
        }
        if (there.contains("/sbin/openrc")) {
            return "openrc";
        }
        if (there.contains("systemctl") && report.find("service_mgr", "init").orElse("").endsWith("systemd")) {
            return "systemd";
        }
        return there.contains("/etc/init.d") ? "sysvinit" : "service";
    }

    /** Nothing where systemd isn't running. */
    static MapValue systemd(Report report) {
        List<String> lines = report.lines("systemd");
        Matcher version = Pattern.compile("systemd (\\d+).*").matcher(lines.isEmpty() ? "" : lines.getFirst());
        return version.matches()
                ? MapValue.of("systemd", MapValue.of("version", Integer.parseInt(version.group(1)), "features",
                        lines.size() > 1 ? lines.get(1).strip() : ""))
                : MapValue.EMPTY;
    }

    static MapValue hostKeys(Report report) {
        MapValue facts = MapValue.EMPTY;
        for (String kind : List.of("dsa", "rsa", "ecdsa", "ed25519")) {
            Optional<String> line = report.find("ssh_pub_keys", kind);
            if (line.isPresent()) {
                String[] words = line.get().split("\\s+", -1);
                if (words.length > 1) {
                    facts = facts.with("ssh_host_key_" + kind + "_public", words[1])
                            .with("ssh_host_key_" + kind + "_public_keytype", words[0]);
                }
            }
        }
        return facts;
    }

    /** Nothing where there is no Python. */
    static MapValue python(Report report) {
        List<String> lines = report.lines("python");
        if (lines.size() < 2 || !lines.get(1).matches("Python \\d+\\.\\d+\\.\\d+.*")) {
            return MapValue.EMPTY;
        }
        String version = lines.get(1).substring("Python ".length()).strip();
        String[] parts = version.split("\\.", 3);
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        int micro = Integer.parseInt(parts[2].replaceFirst("\\D.*", ""));
        return MapValue.of("python", MapValue.of("executable", lines.getFirst(), "version",
                MapValue.of("major", major, "minor", minor, "micro", micro, "releaselevel", "final", "serial", 0),
                "version_info", List.of(major, minor, micro, "final", 0), "type", "cpython", "has_sslcontext", true),
                "python_version", version);
    }
}
