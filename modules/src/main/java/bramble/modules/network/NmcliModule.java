package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.network.ConnectionFact.Connection;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code nmcli}: connections of NetworkManager. */
@AutoService(AnyModule.class)
public final class NmcliModule implements TaskModule<NmcliModule.Args, Optional<?>> {
    private static final int BRIDGE_PRIORITY = 128; // Ansible's, not NetworkManager's
    private static final List<String> SECRETS = List.of("802-11-wireless-security.psk",
            "802-11-wireless-security.wep-key0", "802-11-wireless-security.wep-key1",
            "802-11-wireless-security.wep-key2", "802-11-wireless-security.wep-key3",
            "802-11-wireless-security.leap-password", "wireguard.private-key");

    /** What is wanted. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        UP,
        DOWN
    }

    /** The kinds of connections that can be made. */
    public enum Type {
        ETHERNET,
        WIFI,
        BRIDGE,
        BRIDGE_SLAVE,
        VLAN,
        BOND,
        BOND_SLAVE,
        DUMMY,
        VXLAN,
        IPIP,
        GRE,
        SIT,
        WIREGUARD,
        MACVLAN;

        /** Whether it is a tunnel of IP, of which its name is the mode. */
        private boolean tunnel() {
            return this == IPIP || this == GRE || this == SIT;
        }

        /** NetworkManager's word for it. */
        private String told() {
            return tunnel() ? "ip-tunnel" : word(this);
        }
    }

    /** What a device belongs to, whatever kind of its own it is. */
    public enum SlaveType {
        BOND,
        BRIDGE,
        TEAM
    }

    /** How addresses of IPv4 are come by. */
    public enum Method4 {
        AUTO,
        LINK_LOCAL,
        MANUAL,
        SHARED,
        DISABLED
    }

    /** How addresses of IPv6 are come by. */
    public enum Method6 {
        IGNORE,
        AUTO,
        DHCP,
        LINK_LOCAL,
        MANUAL,
        SHARED,
        DISABLED
    }

    /** How addresses of IPv6 are made up. */
    public enum AddressMode {
        DEFAULT,
        DEFAULT_OR_EUI64,
        EUI64,
        STABLE_PRIVACY
    }

    /** Whether addresses of IPv6 change. */
    public enum Privacy {
        DISABLED,
        PREFER_PUBLIC_ADDR,
        PREFER_TEMP_ADDR,
        UNKNOWN
    }

    /** A route, and what belongs to it. */
    public record Route(@Arg("Where it leads: 192.0.2.0/24.") String ip,
            @Arg("The address that it leads by.") Optional<String> nextHop,
            @Arg("What it costs.") Optional<Integer> metric,
            @Arg("How much may be under way unanswered.") Optional<Integer> cwnd,
            @Arg("The longest packet.") Optional<Integer> mtu,
            @Arg("Whether its address counts as a neighbour's, whatever the interface's own is.") Optional<Boolean> onlink,
            @Arg("The table that it is in.") Optional<Integer> table,
            @Arg("The type of service that it is for, of IPv4 alone.") Optional<Integer> tos) {

        /** As nmcli shows it: the attributes by their names. */
        private String text() {
            var words = new ArrayList<>(List.of(ip));
            nextHop.ifPresent(words::add);
            metric.ifPresent(number -> words.add(String.valueOf(number)));
            cwnd.ifPresent(number -> words.add("cwnd=" + number));
            mtu.ifPresent(number -> words.add("mtu=" + number));
            onlink.ifPresent(flag -> words.add("onlink=" + flag));
            table.ifPresent(number -> words.add("table=" + number));
            tos.ifPresent(number -> words.add("tos=" + number));
            return String.join(" ", words);
        }
    }

    /** The arguments of {@code nmcli}. */
    @Doc(value = "Makes, changes and removes connections of NetworkManager, and switches them on and off.", collection = "community.general", example = """
            - name: The head node's own address
              community.general.nmcli:
                conn_name: cluster
                type: ethernet
                ifname: eth0
                ip4: 192.168.50.1/24
                dns4: [192.168.50.1]
                state: present
            """, returns = {
        "conn_name: str: the connection", "state: str: as given"})
    public record Args(@Arg("The connection's name.") String connName,
            @Arg("present and absent; up and down switch one that is there.") Wanted state,
            @Arg("The kind of a new connection: ethernet, wifi, bridge, bridge-slave, vlan, bond, bond-slave, dummy, vxlan, ipip, gre, sit, wireguard, macvlan.") Optional<Type> type,
            @Arg(value = "Whether it comes up by itself.", fallback = "true") boolean autoconnect,
            @Arg("The interface; the connection's name if not given.") Optional<String> ifname,
            @Arg(value = "Addresses with their prefix: 192.168.50.1/24.", fallback = "[]") List<String> ip4,
            @Arg("The way out.") Optional<String> gw4,
            @Arg("Servers of names.") Optional<List<String>> dns4,
            @Arg("Domains in which names are looked for.") Optional<List<String>> dns4Search,
            @Arg("How addresses are come by; manual where ip4 is given.") Optional<Method4> method4,
            @Arg(value = "Routes: 10.1.0.0/16 192.168.50.2.", fallback = "[]") List<String> routes4,
            @Arg(value = "Routes, each with what belongs to it.", fallback = "[]") List<Route> routes4Extended,
            @Arg("What routes of this connection cost.") Optional<Integer> routeMetric4,
            @Arg("Whether it is never the way out.") Optional<Boolean> neverDefault4,
            @Arg("Whether the connection is up without an address of IPv4.") Optional<Boolean> mayFail4,
            @Arg("Whether the server's addresses of name servers are left out.") Optional<Boolean> dns4IgnoreAuto,
            @Arg("What the server of addresses knows the node by.") Optional<String> dhcpClientId,
            @Arg(value = "Addresses of IPv6 with their prefix.", fallback = "[]") List<String> ip6,
            @Arg("The way out.") Optional<String> gw6,
            @Arg("Servers of names.") Optional<List<String>> dns6,
            @Arg("Domains in which names are looked for.") Optional<List<String>> dns6Search,
            @Arg("How addresses are come by; manual where ip6 is given.") Optional<Method6> method6,
            @Arg(value = "Routes of IPv6: fd00:1::/64 fd00::2.", fallback = "[]") List<String> routes6,
            @Arg(value = "Routes of IPv6, each with what belongs to it.", fallback = "[]") List<Route> routes6Extended,
            @Arg("What routes of IPv6 of this connection cost.") Optional<Integer> routeMetric6,
            @Arg("Whether the server's routes are left out.") Optional<Boolean> gw4IgnoreAuto,
            @Arg("Whether the router's routes of IPv6 are left out.") Optional<Boolean> gw6IgnoreAuto,
            @Arg("Whether the router's addresses of name servers are left out.") Optional<Boolean> dns6IgnoreAuto,
            @Arg("How addresses of IPv6 are made up from the router's prefix: eui64, stable-privacy, default, default-or-eui64.") Optional<AddressMode> addrGenMode6,
            @Arg("Whether addresses of IPv6 are changed from time to time: disabled, prefer-public-addr, prefer-temp-addr, unknown.") Optional<Privacy> ipPrivacy6,
            @Arg(value = "Rules that choose a table of routes: priority 5 from 192.0.2.0/24 table 7.", fallback = "[]") List<String> routingRules4,
            @Arg("The longest packet.") Optional<Integer> mtu,
            @Arg("The firewall's zone.") Optional<String> zone,
            @Arg(value = "The bridge or bond that it belongs to.") Optional<String> master,
            @Arg("Of an ethernet, wifi, ...: what kind of thing master is.") Optional<SlaveType> slaveType,
            @Arg("The hardware's address.") Optional<String> mac,
            @Arg("Of a vlan: its number.") Optional<Integer> vlanid,
            @Arg("Of a vlan: the interface that it is on.") Optional<String> vlandev,
            @Arg("Of a vlan: its flags, a number.") Optional<String> flags,
            @Arg("Of a vlan: what priorities of packets that come in mean: 1:2,3:4.") Optional<String> ingress,
            @Arg("Of a vlan: the priorities of packets that go out.") Optional<String> egress,
            @Arg("Of a bridge's port: whether packets may leave by the port that they came by.") Optional<Boolean> hairpin,
            @Arg("Of a bridge's port: what the way through it costs, 1 to 65535.") Optional<Integer> pathCost,
            @Arg("Of a bridge's port: its priority, 0 to 63.") Optional<Integer> slavepriority,
            @Arg("Of a vxlan: its number.") Optional<Integer> vxlanId,
            @Arg("Of a vxlan: the address, of one or of a group, that packets are sent to.") Optional<String> vxlanRemote,
            @Arg("Of a vxlan: the own address.") Optional<String> vxlanLocal,
            @Arg("Of a tunnel: the interface that it goes through.") Optional<String> ipTunnelDev,
            @Arg("Of a tunnel: the address of its other end.") Optional<String> ipTunnelRemote,
            @Arg("Of a tunnel: the own address.") Optional<String> ipTunnelLocal,
            @Arg("Of a gre tunnel: the key of packets that come in.") Optional<String> ipTunnelInputKey,
            @Arg("Of a gre tunnel: the key of packets that go out.") Optional<String> ipTunnelOutputKey,
            @Arg(value = "Of wireguard: settings of wireguard: private-key, listen-port, fwmark, mtu, peer-routes.", secret = true) Optional<MapValue> wireguard,
            @Arg("Of a macvlan: settings of macvlan: mode, parent, promiscuous, tap.") Optional<MapValue> macvlan,
            @Arg("Of a bridge: whether it looks for loops.") Optional<Boolean> stp,
            @Arg("Of a bridge with stp: who leads.") Optional<Integer> priority,
            @Arg("Of a bridge with stp: seconds to wait.") Optional<Integer> forwarddelay,
            @Arg("Of a bridge with stp: seconds between greetings.") Optional<Integer> hellotime,
            @Arg("Of a bridge with stp: how old a message may be, in seconds.") Optional<Integer> maxage,
            @Arg("Of a bridge: how long it remembers, in seconds.") Optional<Integer> ageingtime,
            @Arg("Of a bond: balance-rr, active-backup, ...") Optional<String> mode,
            @Arg("Of a bond: milliseconds between looks at the link.") Optional<Integer> miimon,
            @Arg("Of a bond: the first choice.") Optional<String> primary,
            @Arg("Of a bond: milliseconds from when a link is there until it is used.") Optional<Integer> updelay,
            @Arg("Of a bond: milliseconds from when a link is gone until it is left.") Optional<Integer> downdelay,
            @Arg("Of a bond: what decides by which port a packet goes: layer2, layer2+3, layer3+4, ...") Optional<String> xmitHashPolicy,
            @Arg("Of a bond: milliseconds between questions to other nodes; instead of miimon.") Optional<Integer> arpInterval,
            @Arg("Of a bond: the addresses that are asked, separated by commas.") Optional<String> arpIpTarget,
            @Arg("Of wifi: the network's name.") Optional<String> ssid,
            @Arg("Of wifi: other settings of 802-11-wireless.") Optional<MapValue> wifi,
            @Arg(value = "Of wifi: settings of 802-11-wireless-security: key-mgmt, psk.", secret = true) Optional<MapValue> wifiSec) {

        private Optional<String> mistake() {
            if (state != Wanted.PRESENT) {
                return Optional.empty();
            }
            if (settings().values().stream().anyMatch(value -> value.contains("\n"))) {
                return Optional.of("a setting of NetworkManager is one line, without a newline in it");
            }
            Optional<String> wrong = Stream.of(wrong("ip4", ip4, 32), wrong("gw4", gw4.stream().toList(), 32),
                    wrong("ip6", ip6, 128), wrong("gw6", gw6.stream().toList(), 128)).flatMap(Optional::stream)
                    .findFirst();
            if (wrong.isPresent()) {
                return wrong;
            }
            if (type.equals(Optional.of(Type.VLAN)) && (vlanid.isEmpty() || vlandev.isEmpty())) {
                return Optional.of("type is vlan but all of the following are missing: vlanid, vlandev");
            }
            if (type.equals(Optional.of(Type.WIFI)) && ssid.isEmpty()) {
                return Optional.of("type is wifi but all of the following are missing: ssid");
            }
            if (type.equals(Optional.of(Type.VXLAN)) && vxlanId.isEmpty()) {
                return Optional.of("type is vxlan but all of the following are missing: vxlan_id");
            }
            if (type.filter(Type::tunnel).isPresent() && ipTunnelRemote.isEmpty()) {
                return Optional.of("type is " + word(type.get())
                        + " but all of the following are missing: ip_tunnel_remote");
            }
            if (slaveType.isPresent() && master.isEmpty()) {
                return Optional.of("'master' option is required when 'slave_type' is specified.");
            }
            boolean slave = type.equals(Optional.of(Type.BRIDGE_SLAVE)) || type.equals(Optional.of(Type.BOND_SLAVE));
            return slave && master.isEmpty()
                    ? Optional.of("type is " + word(type.get()) + " but all of the following are missing: master")
                    : Optional.empty();
        }

        /** @param bits how many an address has */
        private static Optional<String> wrong(String argument, List<String> values, int bits) {
            String right = bits == 32 ? "192.168.50.1/24" : "2001:db8::1/64";
            return values.stream().filter(value -> !value.isBlank() && !address(value.strip(), bits)).findFirst()
                    .map(value -> argument + " is to be an address as "
                            + (argument.startsWith("gw") ? right.replaceFirst("/.*", "") : right) + ", not '" + value
                            + "'");
        }

        private static boolean address(String value, int bits) {
            String[] parts = value.split("/", -1);
            try {
                InetAddress _ = bits == 32 ? Inet4Address.ofLiteral(parts[0]) : Inet6Address.ofLiteral(parts[0]);
                return parts.length == 1 || (parts.length == 2 && Integer.parseUnsignedInt(parts[1]) <= bits);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** Whether a new connection is switched on at once, as Ansible does it with those that know names, or a width. */
        private boolean begins() {
            return type.filter(one -> List.of(Type.ETHERNET, Type.BOND, Type.DUMMY, Type.WIFI).contains(one))
                    .isPresent()
                    && (mtu.isPresent() || dns4.isPresent() || dns6.isPresent());
        }

        /** The settings, by nmcli's names. */
        private Map<String, String> settings() {
            Map<String, String> all = new LinkedHashMap<>();
            boolean slave = type.filter(one -> one == Type.BRIDGE_SLAVE || one == Type.BOND_SLAVE).isPresent();
            all.put("connection.interface-name", ifname.orElse(connName));
            all.put("connection.autoconnect", yes(autoconnect));
            zone.ifPresent(text -> all.put("connection.zone", text));
            master.ifPresent(text -> all.put("connection.master", text));
            if (slave) {
                all.put("connection.slave-type", type.orElseThrow() == Type.BRIDGE_SLAVE ? "bridge" : "bond");
            } else {
                Optional<String> none = type.filter(one -> one == Type.DUMMY).map(_ -> "disabled");
                ip(all, "ipv4", ip4, gw4, method4.map(NmcliModule::word), dns4, dns4Search, none);
                ip(all, "ipv6", ip6, gw6, method6.map(NmcliModule::word), dns6, dns6Search, none);
            }
            slaveType.ifPresent(kind -> all.put("connection.slave-type", word(kind)));
            routes(all, "ipv6.routes", routes6, routes6Extended);
            addrGenMode6.ifPresent(how -> all.put("ipv6.addr-gen-mode", word(how)));
            ipPrivacy6.ifPresent(how -> all.put("ipv6.ip6-privacy", switch (how) {
                case UNKNOWN -> "-1";
                case DISABLED -> "0";
                case PREFER_PUBLIC_ADDR -> "1";
                case PREFER_TEMP_ADDR -> "2";
            }));
            if (!routingRules4.isEmpty()) {
                all.put("ipv4.routing-rules", String.join(", ", routingRules4));
            }
            routeMetric6.ifPresent(number -> all.put("ipv6.route-metric", String.valueOf(number)));
            gw4IgnoreAuto.ifPresent(flag -> all.put("ipv4.ignore-auto-routes", yes(flag)));
            gw6IgnoreAuto.ifPresent(flag -> all.put("ipv6.ignore-auto-routes", yes(flag)));
            dns6IgnoreAuto.ifPresent(flag -> all.put("ipv6.ignore-auto-dns", yes(flag)));
            routes(all, "ipv4.routes", routes4, routes4Extended);
            routeMetric4.ifPresent(number -> all.put("ipv4.route-metric", String.valueOf(number)));
            neverDefault4.ifPresent(flag -> all.put("ipv4.never-default", yes(flag)));
            mayFail4.ifPresent(flag -> all.put("ipv4.may-fail", yes(flag)));
            dns4IgnoreAuto.ifPresent(flag -> all.put("ipv4.ignore-auto-dns", yes(flag)));
            dhcpClientId.ifPresent(text -> all.put("ipv4.dhcp-client-id", text));
            boolean wireless = type.equals(Optional.of(Type.WIFI));
            boolean bridge = type.equals(Optional.of(Type.BRIDGE));
            mtu.ifPresent(number -> all.put(wireless ? "802-11-wireless.mtu" : "802-3-ethernet.mtu",
                    number == 0 ? "auto" : String.valueOf(number)));
            mac.ifPresent(text -> all.put(bridge
                    ? "bridge.mac-address"
                    : wireless ? "802-11-wireless.mac-address" : "802-3-ethernet.mac-address",
                    text.toUpperCase(Locale.ROOT)));
            vlanid.ifPresent(number -> all.put("vlan.id", String.valueOf(number)));
            vlandev.ifPresent(text -> all.put("vlan.parent", text));
            flags.ifPresent(text -> all.put("vlan.flags", text));
            ingress.ifPresent(text -> all.put("vlan.ingress-priority-map", text));
            egress.ifPresent(text -> all.put("vlan.egress-priority-map", text));
            hairpin.ifPresent(flag -> all.put("bridge-port.hairpin-mode", yes(flag)));
            pathCost.ifPresent(number -> all.put("bridge-port.path-cost", String.valueOf(number)));
            slavepriority.ifPresent(number -> all.put("bridge-port.priority", String.valueOf(number)));
            vxlanId.ifPresent(number -> all.put("vxlan.id", String.valueOf(number)));
            vxlanRemote.ifPresent(text -> all.put("vxlan.remote", text));
            vxlanLocal.ifPresent(text -> all.put("vxlan.local", text));
            type.filter(Type::tunnel).ifPresent(kind -> all.put("ip-tunnel.mode", word(kind)));
            ipTunnelDev.ifPresent(text -> all.put("ip-tunnel.parent", text));
            ipTunnelRemote.ifPresent(text -> all.put("ip-tunnel.remote", text));
            ipTunnelLocal.ifPresent(text -> all.put("ip-tunnel.local", text));
            ipTunnelInputKey.ifPresent(text -> all.put("ip-tunnel.input-key", text));
            ipTunnelOutputKey.ifPresent(text -> all.put("ip-tunnel.output-key", text));
            wireguard.ifPresent(map -> more(all, "wireguard.", map));
            macvlan.ifPresent(map -> more(all, "macvlan.", map));
            stp.ifPresent(flag -> all.put("bridge.stp", yes(flag)));
            priority.or(() -> bridge ? Optional.of(BRIDGE_PRIORITY) : Optional.empty())
                    .ifPresent(number -> all.put("bridge.priority", String.valueOf(number)));
            forwarddelay.ifPresent(number -> all.put("bridge.forward-delay", String.valueOf(number)));
            hellotime.ifPresent(number -> all.put("bridge.hello-time", String.valueOf(number)));
            maxage.ifPresent(number -> all.put("bridge.max-age", String.valueOf(number)));
            ageingtime.ifPresent(number -> all.put("bridge.ageing-time", String.valueOf(number)));
            var bond = new ArrayList<String>();
            mode.ifPresent(text -> bond.add("mode=" + text));
            miimon.ifPresent(number -> bond.add("miimon=" + number));
            primary.ifPresent(text -> bond.add("primary=" + text));
            updelay.ifPresent(number -> bond.add("updelay=" + number));
            downdelay.ifPresent(number -> bond.add("downdelay=" + number));
            xmitHashPolicy.ifPresent(text -> bond.add("xmit_hash_policy=" + text));
            arpInterval.ifPresent(number -> bond.add("arp_interval=" + number));
            arpIpTarget.ifPresent(text -> bond.add("arp_ip_target=" + String.join(" ", text.strip().split("[,\\s]+"))));
            if (!bond.isEmpty()) {
                all.put("bond.options", String.join(",", bond));
            }
            ssid.ifPresent(text -> all.put("802-11-wireless.ssid", text));
            wifi.ifPresent(map -> more(all, "802-11-wireless.", map));
            wifiSec.ifPresent(map -> more(all, "802-11-wireless-security.", map));
            return all;
        }

        private static void routes(Map<String, String> all, String setting, List<String> plain, List<Route> extended) {
            var routes = new ArrayList<>(plain);
            extended.forEach(route -> routes.add(route.text()));
            if (!routes.isEmpty()) {
                all.put(setting, String.join(", ", routes));
            }
        }

        private static void ip(Map<String, String> all, String family, List<String> addresses, Optional<String> gateway,
                Optional<String> method, Optional<List<String>> dns, Optional<List<String>> search,
                Optional<String> otherwise) {
            method.or(() -> addresses.isEmpty() ? otherwise : Optional.of("manual"))
                    .ifPresent(word -> all.put(family + ".method", word));
            if (!addresses.isEmpty()) {
                all.put(family + ".addresses", String.join(", ", addresses));
            }
            gateway.ifPresent(text -> all.put(family + ".gateway", text));
            dns.ifPresent(list -> all.put(family + ".dns", String.join(",", list)));
            search.ifPresent(list -> all.put(family + ".dns-search", String.join(",", list)));
        }

        private static void more(Map<String, String> all, String prefix, MapValue map) {
            map.byName().forEach((name, value) -> all.put(prefix + name, text(value)));
        }

        private static String text(Value value) {
            return value instanceof Bool flag ? yes(flag.value()) : PythonText.of(value);
        }
    }

    private static String yes(boolean flag) {
        return flag ? "yes" : "no";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String name() {
        return "nmcli";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Optional<?>> inspect(Args args, Platform node) {
        return Inquiry.of(new ConnectionFact(args.connName())).map(found -> found);
    }

    @Override
    public Plan plan(Args args, Optional<?> actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        if (actual.isEmpty()) {
            return new Plan.Refused(new CommandFact("nmcli").sentence("connect " + args.connName(), "network-manager"));
        }
        var found = (Connection) actual.get();
        if (!found.error().isEmpty()) {
            return new Plan.Refused("Tried to look at the connection " + args.connName() + ", but nmcli says: "
                    + found.error());
        }
        return switch (args.state()) {
            case ABSENT -> found.exists()
                    ? Plan.of(change(args, Map.of("state", "present"), Map.of("state", "absent"), Connection.NONE,
                            new Action.Run(Sh.of("nmcli connection delete {} >/dev/null", args.connName()))))
                    : Plan.NOTHING;
            case UP, DOWN -> switched(args, found);
            case PRESENT -> kept(args, found);
        };
    }

    private static Plan switched(Args args, Connection found) {
        boolean up = args.state() == Wanted.UP;
        if (!found.exists()) {
            return new Plan.Refused("No Connection named " + args.connName() + " exists");
        }
        return found.active() == up
                ? Plan.NOTHING
                : Plan.of(change(args, Map.of("state", up ? "down" : "up"), Map.of("state", up ? "up" : "down"),
                        new Connection("", true, up, found.settings()),
                        new Action.Run(Sh.of("nmcli connection {} {} >/dev/null", up ? "up" : "down",
                                args.connName()))));
    }

    private static Plan kept(Args args, Connection found) {
        if (!found.exists() && args.type().isEmpty()) {
            return new Plan.Refused("Please specify a connection type: type is needed to make a new connection");
        }
        Map<String, String> before = new LinkedHashMap<>();
        Map<String, String> after = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>(found.settings());
        args.settings().forEach((name, value) -> {
            if (!found.exists() || !same(name, found.get(name), value)) {
                before.put(name, found.get(name));
                after.put(name, value);
                settings.put(name, value);
            }
        });
        if (found.exists() && after.isEmpty()) {
            return Plan.NOTHING;
        }
        List<String> words = new ArrayList<>(List.of("nmcli", "connection"));
        if (found.exists()) {
            words.addAll(List.of("modify", args.connName()));
        } else {
            words.addAll(List.of("add", "type", args.type().orElseThrow().told(), "con-name", args.connName()));
            required(words, args);
        }
        var secrets = new StringBuilder();
        after.forEach((name, value) -> {
            if (SECRETS.contains(name)) {
                secrets.append("set ").append(name).append(' ').append(value).append('\n');
            } else {
                words.addAll(List.of(name, value));
            }
        });
        var actions = new ArrayList<Action>();
        actions.add(new Action.Run(Sh.of("{} >/dev/null", words)));
        if (!secrets.isEmpty()) { // not as words, which any list of processes would show, nor in ~/.nmcli-history
            actions.add(new Action.Run(Sh.of("HOME=/nonexistent nmcli connection edit {} >/dev/null", args.connName()),
                    Content.text(secrets + "save persistent\nquit\n")));
        }
        boolean begins = !found.exists() && args.begins();
        if (begins) {
            actions.add(new Action.Run(Sh.of("nmcli connection up {} >/dev/null", args.connName())));
        }
        return Plan.of(change(args, hidden(before), hidden(after),
                new Connection("", true, found.active() || begins, settings), actions.toArray(Action[]::new)));
    }

    /** What nmcli wants to know before it makes a connection of that kind. */
    private static void required(List<String> words, Args args) {
        if (args.type().orElseThrow() == Type.VLAN) {
            words.addAll(List.of("dev", args.vlandev().orElse(""), "id", String.valueOf(args.vlanid().orElse(0))));
        }
        if (args.type().orElseThrow() == Type.VXLAN) {
            words.addAll(List.of("id", String.valueOf(args.vxlanId().orElse(0))));
        }
        if (args.type().orElseThrow().tunnel()) {
            words.addAll(List.of("mode", word(args.type().orElseThrow()), "remote", args.ipTunnelRemote().orElse("")));
        }
        if (args.type().orElseThrow() == Type.MACVLAN) {
            MapValue map = args.macvlan().orElse(MapValue.EMPTY);
            words.addAll(List.of("dev", map.get("parent").map(PythonText::of).orElse(""), "mode",
                    map.get("mode").map(PythonText::of).orElse("")));
        }
        args.ssid().ifPresent(text -> words.addAll(List.of("ssid", text)));
        args.ifname().or(() -> Optional.of(args.connName())).ifPresent(text -> words.addAll(List.of("ifname", text)));
    }

    private static Map<String, String> hidden(Map<String, String> settings) {
        Map<String, String> shown = new LinkedHashMap<>(settings);
        SECRETS.forEach(name -> shown.computeIfPresent(name, (_, _) -> "********"));
        return shown;
    }

    private static boolean same(String name, String actual, String wanted) {
        if (name.endsWith("-auto-default-route")) { // yes, no, and neither, which it shows as numbers
            return actual.equals(wanted) || actual.equals(switch (wanted) {
                case "yes" -> "1";
                case "no" -> "0";
                default -> wanted;
            });
        }
        if (name.endsWith(".fwmark") || name.equals("vlan.flags")) {
            return actual.equals(wanted)
                    || (number(actual).isPresent() && number(actual).equals(number(wanted)));
        }
        if (name.equals("ipv4.routes") || name.equals("ipv6.routes")) {
            return words(actual.replaceAll("[{}]|(ip|nh|mt) = ", "").replaceAll("\\s*[;|]\\s*", ", "))
                    .equals(words(wanted)) || words(actual).equals(words(wanted));
        }
        boolean list = name.endsWith(".addresses") || name.endsWith(".dns") || name.endsWith(".dns-search")
                || name.equals("bond.options");
        return list ? words(actual).equals(words(wanted)) : actual.equals(wanted);
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.decode(text.replaceFirst("\\s.*", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).map(word -> word.replaceAll("\\s+", " "))
                .filter(word -> !word.isEmpty()).sorted().toList();
    }

    private static Change change(Args args, Map<String, String> before, Map<String, String> after, Connection then,
            Action... actions) {
        return new Change("connection " + args.connName(),
                Diff.attributes("connection " + args.connName(), map(before), map(after)), List.of(actions),
                List.of(Effect.becomes(new ConnectionFact(args.connName()), Optional.of(then))));
    }

    private static MapValue map(Map<String, String> settings) {
        MapValue map = MapValue.EMPTY;
        for (Map.Entry<String, String> entry : settings.entrySet()) {
            map = map.with(entry.getKey(), entry.getValue());
        }
        return map;
    }

    @Override
    public Verdict judge(Args args, Optional<?> before, Applied<Optional<?>> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("conn_name", args.connName(), "state", word(args.state()));
        boolean there = before.isPresent() && ((Connection) before.get()).exists();
        if (args.state() == Wanted.PRESENT && args.type().isPresent()) {
            results = there
                    ? results.with("Exists", applied.changes().isEmpty()
                            ? "Connections already exist and no changes made"
                            : "Connections do exist so we are modifying them")
                    : results.with("Connection", "Connection " + args.connName() + " of Type "
                            + word(args.type().get()) + " is being added");
        }
        return plain.with(results);
    }
}
