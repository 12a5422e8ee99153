package bramble.modules.cluster;

import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * dhcpd.conf.
 *
 * @see <a href="https://kb.isc.org/docs/isc-dhcp-44-manual-pages-dhcpdconf">dhcpd.conf(5)</a>
 */
final class DhcpIsc {
    private final ConfigText text = new ConfigText();

    private DhcpIsc() {}

    static String text(DhcpConf conf, List<String> lines) {
        var isc = new DhcpIsc();
        isc.text.flag("authoritative;", conf.authoritative());
        isc.setting("ping-check", conf.pingCheck());
        lines.forEach(isc.text::line); // definitions of options among them, which have to come before their use
        isc.lease(conf.lease());
        isc.options(conf.options());
        conf.failover().ifPresent(isc::failover);
        conf.subnets().forEach(subnet -> isc.subnet(subnet, conf.failover().map(DhcpConf.Failover::name)));
        conf.reservations().forEach(isc::reservation);
        return isc.text.toString();
    }

    private void setting(String name, Optional<?> value) {
        value.ifPresent(there -> text.line(name + " " + there + ";"));
    }

    private void lease(DhcpConf.Lease lease) {
        setting("default-lease-time", lease.defaultLeaseTime());
        setting("max-lease-time", lease.maxLeaseTime());
        setting("min-lease-time", lease.minLeaseTime());
    }

    private void options(DhcpConf.Options options) {
        addresses("routers", options.routers());
        addresses("domain-name-servers", options.dnsServers());
        setting("option domain-name", options.domain().map(DhcpIsc::quoted));
        addresses("domain-search", options.domainSearch().stream().map(DhcpIsc::quoted).toList());
        addresses("ntp-servers", options.ntpServers());
        setting("next-server", options.nextServer());
        setting("filename", options.bootFile().map(DhcpIsc::quoted));
        options.options().byName().forEach((name, value) -> setting("option " + name, Optional.of(value(value))));
    }

    private void addresses(String name, List<String> addresses) {
        if (!addresses.isEmpty()) {
            text.line("option " + name + " " + String.join(", ", addresses) + ";");
        }
    }

    private void failover(DhcpConf.Failover both) {
        boolean primary = both.role() == DhcpConf.Role.PRIMARY;
        text.open("failover peer " + quoted(both.name())).line(primary ? "primary;" : "secondary;");
        setting("address", Optional.of(both.address()));
        setting("port", Optional.of(both.port()));
        setting("peer address", Optional.of(both.peerAddress()));
        setting("peer port", Optional.of(both.peerPort()));
        setting("max-response-delay", Optional.of(both.silence(DhcpDaemon.ISC)));
        setting("max-unacked-updates", Optional.of(both.maxUnackedUpdates()));
        setting("load balance max seconds", Optional.of(both.loadBalanceMaxSeconds()));
        if (primary) { // which tells the other one
            setting("mclt", Optional.of(both.mclt()));
            setting("split", Optional.of(both.split()));
        }
        text.close();
    }

    private void subnet(DhcpConf.Subnet subnet, Optional<String> failover) {
        Ipv4.Range network = subnet.addresses().orElse(new Ipv4.Range(0, 0));
        text.open("subnet " + Ipv4.text(network.first()) + " netmask " + network.mask());
        lease(subnet.lease());
        options(subnet.options());
        subnet.pools().forEach(pool -> {
            text.open("pool");
            setting("failover peer", failover.filter(_ -> pool.failover()).map(DhcpIsc::quoted));
            text.flag("deny unknown-clients;", pool.knownOnly());
            pool.addresses().ifPresent(range -> text
                    .line("range " + Ipv4.text(range.first()) + " " + Ipv4.text(range.last()) + ";"));
            text.close();
        });
        text.close();
    }

    private void reservation(DhcpConf.Reservation one) {
        text.open("host " + one.label());
        setting("hardware ethernet", Optional.of(one.card()));
        setting("fixed-address", one.address());
        setting("option host-name", one.name().map(DhcpIsc::quoted));
        options(one.options());
        text.close();
    }

    /** Addresses, numbers, hexadecimal bytes and what is in quotation marks stand as they are; all else is text. */
    private static String value(Value value) {
        if (value instanceof ListValue list) {
            return list.items().stream().map(DhcpIsc::value).collect(Collectors.joining(", "));
        }
        if (value instanceof Bool bool) {
            return String.valueOf(bool.value());
        }
        String text = PythonText.of(value);
        return text.matches("(?s)-?[0-9]+|\".*\"|[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2})+|true|false|on|off")
                || Ipv4.number(text).isPresent()
                        ? text
                        : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
