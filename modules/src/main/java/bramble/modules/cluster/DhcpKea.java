package bramble.modules.cluster;

import bramble.value.Bool;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * kea-dhcp4.conf.
 *
 * @see <a href="https://kea.readthedocs.io/en/kea-2.2.0/arm/dhcp4-srv.html">The DHCPv4 server</a>
 * @see <a href="https://kea.readthedocs.io/en/kea-2.2.0/arm/hooks-ha.html">High availability</a>
 */
final class DhcpKea {
    private static final int WHOLE = 256; // of which split is a part

    private DhcpKea() {}

    static String text(DhcpConf conf, List<String> interfaces, MapValue settings, String hooks) {
        MapValue dhcp = MapValue.of("interfaces-config",
                MapValue.of("interfaces", Value.texts(interfaces.isEmpty() ? List.of("*") : interfaces)),
                "lease-database", MapValue.of("type", "memfile"), "authoritative", conf.authoritative())
                .with(lease(conf.lease())).with(options(conf.options()));
        if (conf.failover().isPresent()) {
            dhcp = dhcp.with("multi-threading", MapValue.of("enable-multi-threading", true)).with("hooks-libraries",
                    hooks(conf.failover().get(), hooks));
        }
        var subnets = new ArrayList<Value>();
        for (DhcpConf.Subnet subnet : conf.subnets()) {
            subnets.add(subnet(conf, subnet, subnets.size() + 1));
        }
        dhcp = dhcp.with("subnet4", new ListValue(subnets));
        List<Value> everywhere = conf.reservations().stream().filter(one -> one.address().isEmpty())
                .map(DhcpKea::reservation).toList();
        if (!everywhere.isEmpty()) {
            dhcp = dhcp.with("reservations-global", true).with("reservations-in-subnet", true).with("reservations",
                    new ListValue(everywhere));
        }
        return "// Kept by Bramble: what is changed here is lost with the next run.\n"
                + Json.write(MapValue.of("Dhcp4", dhcp.with(settings)), new Json.Style(4, false, false, ",", ": "))
                + "\n";
    }

    /** Whether both servers give addresses at once: Kea wants each of them to have its own then. */
    static boolean halves(DhcpConf conf) {
        return conf.failover().filter(both -> both.mode() == DhcpConf.Mode.LOAD_BALANCING).isPresent();
    }

    private static MapValue lease(DhcpConf.Lease lease) {
        MapValue times = MapValue.EMPTY;
        Optional<Integer> usual = lease.defaultLeaseTime().or(lease::maxLeaseTime).or(lease::minLeaseTime);
        if (usual.isPresent()) {
            times = times.with("valid-lifetime", usual.get())
                    .with("min-valid-lifetime", lease.minLeaseTime().orElse(usual.get()))
                    .with("max-valid-lifetime", lease.maxLeaseTime().orElse(usual.get()));
        }
        return times;
    }

    private static MapValue options(DhcpConf.Options options) {
        var data = new ArrayList<Value>();
        option(data, "routers", options.routers());
        option(data, "domain-name-servers", options.dnsServers());
        option(data, "domain-name", options.domain().stream().toList());
        option(data, "domain-search", options.domainSearch());
        option(data, "ntp-servers", options.ntpServers());
        options.options().byName().forEach((name, value) -> option(data, name, values(value)));
        MapValue all = data.isEmpty() ? MapValue.EMPTY : MapValue.of("option-data", new ListValue(data));
        if (options.nextServer().isPresent()) {
            all = all.with("next-server", options.nextServer().get());
        }
        return options.bootFile().isPresent() ? all.with("boot-file-name", options.bootFile().get()) : all;
    }

    private static void option(List<Value> data, String name, List<String> values) {
        if (!values.isEmpty()) {
            MapValue which = name.matches("[0-9]+")
                    ? MapValue.of("code", Integer.parseInt(name))
                    : MapValue.of("name", name);
            data.add(which.with("data", String.join(", ", values)));
        }
    }

    private static List<String> values(Value value) {
        return switch (value) {
            case ListValue list -> list.items().stream().flatMap(item -> values(item).stream()).toList();
            case Bool bool -> List.of(String.valueOf(bool.value()));
            default -> List.of(PythonText.of(value));
        };
    }

    private static MapValue subnet(DhcpConf conf, DhcpConf.Subnet subnet, int id) {
        Optional<Ipv4.Range> network = subnet.addresses();
        var pools = new ArrayList<Value>();
        for (DhcpConf.Pool pool : subnet.pools()) {
            pool.addresses().ifPresent(range -> {
                if (halves(conf) && pool.failover()) {
                    long cut = range.first() + range.size() * conf.failover().orElseThrow().split() / WHOLE;
                    pool(pools, new Ipv4.Range(range.first(), cut - 1), "HA_primary");
                    pool(pools, new Ipv4.Range(cut, range.last()), "HA_secondary");
                } else {
                    pool(pools, range, pool.knownOnly() ? "KNOWN" : "");
                }
            });
        }
        List<Value> here = conf.reservations().stream()
                .filter(one -> one.address().flatMap(Ipv4::number)
                        .filter(number -> network.filter(all -> all.holds(number)).isPresent()).isPresent())
                .map(DhcpKea::reservation).toList();
        return MapValue.of("id", id, "subnet", subnet.subnet(), "pools", new ListValue(pools), "reservations",
                new ListValue(here)).with(lease(subnet.lease())).with(options(subnet.options()));
    }

    private static void pool(List<Value> pools, Ipv4.Range range, String who) {
        if (range.first() <= range.last()) {
            MapValue pool = MapValue.of("pool", Ipv4.text(range.first()) + " - " + Ipv4.text(range.last()));
            pools.add(who.isEmpty() ? pool : pool.with("client-class", who));
        }
    }

    private static Value reservation(DhcpConf.Reservation one) {
        MapValue host = MapValue.of("hw-address", one.card());
        if (one.address().isPresent()) {
            host = host.with("ip-address", one.address().get());
        }
        if (one.name().isPresent()) {
            host = host.with("hostname", one.name().get());
        }
        return host.with(options(one.options()));
    }

    private static ListValue hooks(DhcpConf.Failover both, String folder) {
        boolean primary = both.role() == DhcpConf.Role.PRIMARY;
        boolean standby = both.mode() == DhcpConf.Mode.HOT_STANDBY;
        String second = standby ? "standby" : "secondary";
        MapValue own = peer(primary ? "primary" : "secondary", primary ? "primary" : second, both.address(),
                both.port());
        MapValue other = peer(primary ? "secondary" : "primary", primary ? second : "primary", both.peerAddress(),
                both.peerPort());
        MapValue pair = MapValue.of("this-server-name", primary ? "primary" : "secondary", "mode",
                standby ? "hot-standby" : "load-balancing", "heartbeat-delay", both.heartbeatDelay() * 1000,
                "max-response-delay", both.silence(DhcpDaemon.KEA) * 1000, "max-ack-delay",
                both.loadBalanceMaxSeconds() * 1000, "max-unacked-clients", both.maxUnackedClients(), "multi-threading",
                MapValue.of("enable-multi-threading", true, "http-dedicated-listener", true),
                "peers", ListValue.of(primary ? own : other, primary ? other : own));
        return ListValue.of(MapValue.of("library", folder + "/libdhcp_lease_cmds.so"),
                MapValue.of("library", folder + "/libdhcp_ha.so", "parameters",
                        MapValue.of("high-availability", ListValue.of(pair))));
    }

    private static MapValue peer(String name, String role, String address, int port) {
        return MapValue.of("name", name, "url", "http://" + address + ":" + port + "/", "role", role);
    }
}
