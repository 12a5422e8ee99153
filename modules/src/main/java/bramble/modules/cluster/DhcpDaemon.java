package bramble.modules.cluster;

import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The daemons that give addresses: what they are called, and what each can't do. */
public enum DhcpDaemon {
    /** ISC's dhcpd. */
    ISC("dhcpd", "isc-dhcp-server", "/etc/dhcp/dhcpd.conf", List.of("dhcpd", "-t", "-4", "-cf", "%s")),
    /** ISC's Kea, that follows dhcpd. */
    KEA("kea-dhcp4", "kea-dhcp4-server", "/etc/kea/kea-dhcp4.conf", List.of("kea-dhcp4", "-t", "%s")),
    /** dnsmasq, which small networks have for names too. */
    DNSMASQ("dnsmasq", "dnsmasq", "/etc/dnsmasq.d/dhcp.conf", List.of("dnsmasq", "--test", "-C", "%s"));

    private final String command;
    private final String packages;
    private final String path;
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> checker;

    DhcpDaemon(String command, String packages, String path, List<String> checker) {
        this.command = command;
        this.packages = packages;
        this.path = path;
        this.checker = checker;
    }

    String command() {
        return command;
    }

    /** What brings it on Debian. */
    String packages() {
        return packages;
    }

    /** Where its configuration is on Debian. */
    String path() {
        return path;
    }

    /** The command that tells whether it would take a file, {@code %s}. */
    List<String> checker() {
        return checker;
    }

    /** What a checker said, without what it says to everybody. */
    String complaint(String said) {
        return said.lines().filter(line -> !line.isBlank()).takeWhile(line -> !line.startsWith("If you think you have"))
                .filter(line -> !line
                        .matches("Internet Systems Consortium DHCP Server .*|Copyright .*|All rights reserved\\."
                                + "|For info, please visit .*|Configuration file errors encountered -- exiting"))
                .reduce((one, other) -> one + "\n" + other).orElse(said);
    }

    /** What is asked of this one that it can't do. */
    List<String> mistakes(DhcpConf conf) {
        var mistakes = new ArrayList<String>();
        if (this == DNSMASQ) {
            Stream.concat(Stream.of(conf.lease()), conf.subnets().stream().map(DhcpConf.Subnet::lease))
                    .filter(lease -> lease.minLeaseTime().isPresent()
                            || (lease.maxLeaseTime().isPresent() && lease.defaultLeaseTime().isPresent()))
                    .findFirst().ifPresent(_ -> mistakes.add("dnsmasq lends each address for one time: give "
                            + "default_lease_time alone"));
            options(conf).filter(options -> options.nextServer().isPresent() && options.bootFile().isEmpty())
                    .findFirst().ifPresent(_ -> mistakes.add("dnsmasq tells next_server only with a boot_file"));
        }
        if (this == KEA && conf.pingCheck().orElse(false)) {
            mistakes.add("kea doesn't ping an address before it lends it: leave ping_check out");
        }
        if (this == KEA && DhcpKea.halves(conf)) {
            conf.subnets().stream().flatMap(one -> one.pools().stream())
                    .filter(pool -> pool.failover() && pool.knownOnly())
                    .forEach(pool -> mistakes.add("the pool " + pool.range()
                            + " can't be known_only where two servers of kea share it: mode: hot-standby lets it"));
        }
        return mistakes;
    }

    private static Stream<DhcpConf.Options> options(DhcpConf conf) {
        return Stream.of(Stream.of(conf.options()), conf.subnets().stream().map(DhcpConf.Subnet::options),
                conf.reservations().stream().map(DhcpConf.Reservation::options)).flatMap(one -> one);
    }

    /**
     * The configuration.
     *
     * @param interfaces where it listens; all where empty
     * @param lines further ones, of isc and dnsmasq
     * @param settings further ones, of kea
     * @param hooks the folder of Kea's libraries
     */
    String text(DhcpConf conf, List<String> interfaces, List<String> lines, MapValue settings, Optional<String> hooks) {
        return switch (this) {
            case ISC -> DhcpIsc.text(conf, lines);
            case KEA -> DhcpKea.text(conf, interfaces, settings, hooks.orElse(""));
            case DNSMASQ -> DhcpDnsmasq.text(conf, interfaces, lines);
        };
    }
}
