package bramble.modules.cluster;

import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What dnsmasq reads about DHCP.
 *
 * @see <a href="https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html">dnsmasq(8)</a>
 */
final class DhcpDnsmasq {
    private final ConfigText text = new ConfigText();

    private DhcpDnsmasq() {}

    static String text(DhcpConf conf, List<String> interfaces, List<String> lines) {
        var dnsmasq = new DhcpDnsmasq();
        interfaces.forEach(name -> dnsmasq.text.line("interface=" + name));
        dnsmasq.text.flag("dhcp-authoritative", conf.authoritative()).flag("no-ping", !conf.pingCheck().orElse(false));
        dnsmasq.options(conf.options(), "");
        for (int i = 0; i < conf.subnets().size(); i++) {
            dnsmasq.subnet(conf.subnets().get(i), "net" + (i + 1), time(conf.subnets().get(i).lease())
                    .or(() -> time(conf.lease())));
        }
        for (int i = 0; i < conf.reservations().size(); i++) {
            dnsmasq.reservation(conf.reservations().get(i), "host" + (i + 1));
        }
        lines.forEach(dnsmasq.text::line);
        return dnsmasq.text.toString();
    }

    private static Optional<Integer> time(DhcpConf.Lease lease) {
        return lease.defaultLeaseTime().or(lease::maxLeaseTime);
    }

    private void subnet(DhcpConf.Subnet subnet, String tag, Optional<Integer> seconds) {
        Ipv4.Range network = subnet.addresses().orElse(new Ipv4.Range(0, 0));
        String lease = seconds.map(time -> "," + time).orElse("");
        for (DhcpConf.Pool pool : subnet.pools()) {
            pool.addresses().ifPresent(range -> text.line("dhcp-range=" + (pool.knownOnly() ? "tag:known," : "")
                    + "set:" + tag + "," + Ipv4.text(range.first()) + "," + Ipv4.text(range.last()) + ","
                    + network.mask() + lease));
        }
        if (subnet.pools().isEmpty()) { // then there are the reserved addresses alone
            text.line("dhcp-range=set:" + tag + "," + Ipv4.text(network.first()) + ",static," + network.mask() + lease);
        }
        options(subnet.options(), "tag:" + tag + ",");
    }

    private void reservation(DhcpConf.Reservation one, String tag) {
        text.line("dhcp-host=" + one.card() + ",set:" + tag + one.address().map(address -> "," + address).orElse("")
                + one.name().map(name -> "," + name).orElse(""));
        options(one.options(), "tag:" + tag + ",");
    }

    private void options(DhcpConf.Options options, String tag) {
        several(tag, "router", options.routers());
        several(tag, "dns-server", options.dnsServers());
        several(tag, "domain-name", options.domain().stream().toList());
        several(tag, "domain-search", options.domainSearch());
        several(tag, "ntp-server", options.ntpServers());
        options.bootFile().ifPresent(file -> text.line("dhcp-boot=" + tag + file
                + options.nextServer().map(server -> ",," + server).orElse("")));
        options.options().byName().forEach((name, value) -> several(tag, name, values(value)));
    }

    private void several(String tag, String name, List<String> values) {
        if (!values.isEmpty()) {
            text.line("dhcp-option=" + tag + (name.matches("[0-9]+") ? "" : "option:") + name + ","
                    + String.join(",", values));
        }
    }

    private static List<String> values(Value value) {
        return value instanceof ListValue list
                ? list.items().stream().map(PythonText::of).collect(Collectors.toList())
                : List.of(PythonText.of(value));
    }
}
