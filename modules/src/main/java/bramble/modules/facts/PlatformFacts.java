package bramble.modules.facts;

import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names, kernel, machine, and who is logged in. */
final class PlatformFacts {
    private PlatformFacts() {}

    static MapValue of(Report report) {
        String nodename = report.find("platform", "hostname").orElse("");
        String fqdn = fqdn(nodename, report);
        int dot = fqdn.indexOf('.');
        String machine = report.find("platform", "machine").orElse("");
        String bits = report.find("platform", "elf").orElse("").equals("1") ? "32" : "64";
        MapValue facts = MapValue.of("system", report.find("platform", "ostype").orElse("Linux"), "kernel",
                report.find("platform", "osrelease").orElse(""), "kernel_version",
                report.find("platform", "version").orElse(""), "machine", machine, "nodename", nodename, "hostname",
                nodename.split("\\.", -1)[0], "fqdn", fqdn, "domain", dot < 0 ? "" : fqdn.substring(dot + 1),
                "userspace_bits", bits, "architecture", machine.matches("i[3456]86|i86pc") ? "i386" : machine);
        if (machine.equals("x86_64") || machine.matches("i[3456]86|i86pc")) {
            facts = facts.with("userspace_architecture", bits.equals("64") ? "x86_64" : "i386");
        }
        return facts.with("machine_id", report.find("platform", "machine_id").orElse(null));
    }

    /**
     * The first name with a dot that belongs to the node's address; otherwise the first of that address's names. The address
     * is the one that the node's own name has.
     */
    private static String fqdn(String nodename, Report report) {
        List<List<String>> hosts = new ArrayList<>();
        for (String section : List.of("hosts", "fqdn")) {
            report.lines(section).stream().map(line -> List.of(line.replaceFirst("#.*", "").strip().split("\\s+", -1)))
                    .filter(words -> words.size() > 1).forEach(hosts::add);
        }
        Optional<String> address = hosts.stream()
                .filter(words -> words.stream().skip(1).anyMatch(word -> word.equalsIgnoreCase(nodename)))
                .map(List::getFirst).findFirst()
                .or(() -> report.lines("fqdn").stream().findFirst().map(line -> line.split("\\s+", 2)[0]));
        List<String> names = hosts.stream().filter(words -> address.equals(Optional.of(words.getFirst()))).findFirst()
                .map(words -> words.subList(1, words.size())).orElse(List.of());
        return names.stream().filter(name -> name.contains(".")).findFirst()
                .orElse(names.isEmpty() || nodename.contains(".") ? nodename : names.getFirst());
    }

    static MapValue user(Report report) {
        String[] uids = report.find("user", "Uid:").orElse("0 0").split(" ", -1);
        String[] gids = report.find("user", "Gid:").orElse("0 0").split(" ", -1);
        String line = report.lines("passwd").stream().findFirst().orElse("");
        String[] entry = line.split(":", -1);
        boolean known = entry.length >= 7;
        return MapValue.of("user_id", known ? entry[0] : uids[1], "user_uid", Integer.valueOf(uids[1]), "user_gid",
                Integer.valueOf(known ? entry[3] : gids[1]), "user_gecos", known ? entry[4] : "", "user_dir",
                known ? entry[5] : "", "user_shell", known ? entry[6] : "", "real_user_id", Integer.valueOf(uids[0]),
                "effective_user_id", Integer.valueOf(uids[1]), "real_group_id", Integer.valueOf(gids[0]),
                "effective_group_id", Integer.valueOf(gids[1]));
    }
}
