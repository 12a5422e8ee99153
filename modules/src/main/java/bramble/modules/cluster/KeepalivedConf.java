package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.module.Forechecked;
import bramble.value.MapValue;
import bramble.value.PythonText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What keepalived is to do, and keepalived.conf for it.
 *
 * @see <a href="https://www.keepalived.org/manpage.html">keepalived.conf(5)</a>
 */
public record KeepalivedConf(
        @Arg("How this node calls itself in mails and traps.") Optional<String> routerId,
        @Arg(value = "Further lines of global_defs: names, and their values or true.", fallback = "{}") MapValue global,
        @Arg(value = "Programs that tell whether a node is fit, by their names. keepalived wants global to have enable_script_security: true and script_user for them.", fallback = "{}") Map<String, Script> scripts,
        @Arg(value = "Floating addresses: groups of them that move together, by their names.", fallback = "{}") Map<String, Instance> instances,
        @Arg(value = "Instances that move together, by the group's name.", fallback = "{}") Map<String, SyncGroup> syncGroups,
        @Arg(value = "Services that are spread over several servers.", fallback = "[]") List<VirtualServer> virtualServers) {
    /** A longer password is cut off by the protocol: RFC 2338, 5.3.10. */
    private static final int PASSWORD = 8;
    /** What the weight of a script may add or take. */
    private static final int MOST = 253;
    private static final int PORTS = 65_535;
    private static final List<String> ALGORITHMS = List.of("rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "fo", "ovf",
            "lblc", "lblcr", "sed", "nq");
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");

    /** Which part a node begins with. */
    public enum State {
        MASTER,
        BACKUP
    }

    /** How connections are handed on. */
    public enum Kind {
        NAT,
        DR,
        TUN
    }

    /** A floating address. */
    public record Address(@Arg("The address, with its prefix.") String address,
            @Arg("The interface, if another than the instance's.") Optional<String> dev,
            @Arg("The label of the address.") Optional<String> label) {
        private String line() {
            return address + dev.map(name -> " dev " + name).orElse("")
                    + label.map(name -> " label " + name).orElse("");
        }
    }

    /** A program that tells whether a node is fit. */
    public record Script(@Arg("The command.") String script,
            @Arg(value = "Seconds between two calls.", fallback = "1") int interval,
            @Arg("Seconds until a call counts as failed.") Optional<Integer> timeout,
            @Arg("What the priority is changed by: negative while it fails, positive while it succeeds; without, a failure is a fault.") Optional<Integer> weight,
            @Arg("How many failures count.") Optional<Integer> fall,
            @Arg("How many successes count.") Optional<Integer> rise,
            @Arg("Who runs it.") Optional<String> user) {}

    /** Addresses that one node of several has. */
    public record Instance(@Arg(value = "The interface.", name = "interface") String device,
            @Arg(value = "The number that all nodes of these addresses have in common, 1 to 255.", aliases = "vrid") int virtualRouterId,
            @Arg(value = "Which part this node begins with.", fallback = "backup") State state,
            @Arg(value = "Who has the highest gets the addresses, 1 to 254.", fallback = "100") int priority,
            @Arg(value = "Seconds between two signs of life.", fallback = "1") double advertInt,
            @Arg(value = "Whether a returning node leaves the addresses where they are.", fallback = "false") boolean nopreempt,
            @Arg("Seconds that a returning node waits before it takes them.") Optional<Integer> preemptDelay,
            @Arg(value = "The password, of at most eight characters.", secret = true) Optional<String> authPass,
            @Arg(value = "The addresses.", fallback = "[]", aliases = "virtual_ipaddress") List<Address> virtualAddresses,
            @Arg("This node's own address, where peers are told one by one.") Optional<String> unicastSrcIp,
            @Arg(value = "The other nodes' addresses, where multicast doesn't reach them.", fallback = "[]", aliases = "unicast_peer") List<String> unicastPeers,
            @Arg(value = "Programs of scripts that have to succeed.", fallback = "[]", aliases = "track_script") List<String> trackScripts,
            @Arg(value = "Further interfaces that have to be up.", fallback = "[]", aliases = "track_interface") List<String> trackInterfaces,
            @Arg(value = "Called at each change, with the instance and its state.", name = "notify") Optional<String> notified,
            @Arg("Called when it becomes master.") Optional<String> notifyMaster,
            @Arg("Called when it becomes backup.") Optional<String> notifyBackup,
            @Arg("Called when something is wrong.") Optional<String> notifyFault) {}

    /** Instances that move together. */
    public record SyncGroup(@Arg("The instances.") List<String> group,
            @Arg(value = "Called at each change.", name = "notify") Optional<String> notified) {}

    /** A server behind a virtual one. */
    public record RealServer(@Arg("Its address.") String address, @Arg("Its port.") int port,
            @Arg(value = "Its share.", fallback = "1") int weight,
            @Arg(value = "Seconds until it counts as dead when it doesn't take a connection.", fallback = "3") int connectTimeout) {}

    /** A service that is spread over several servers. */
    public record VirtualServer(@Arg("Its address.") String address, @Arg("Its port.") int port,
            @Arg(value = "How servers are chosen: rr, wrr, lc, wlc, sh ...", fallback = "rr") String lbAlgo,
            @Arg(value = "How connections are handed on.", fallback = "dr") Kind lbKind,
            @Arg(value = "The protocol.", fallback = "TCP") String protocol,
            @Arg(value = "Seconds between two checks.", fallback = "6") int delayLoop,
            @Arg("Seconds that a client keeps its server.") Optional<Integer> persistenceTimeout,
            @Arg("The servers.") List<RealServer> realServers) {}

    /** Nodes that would quarrel about an address, since none comes before the other: RFC 5798, 5.2.4, has priorities for that. */
    static List<Forechecked.Finding> rivals(Map<String, KeepalivedConf> byHost) {
        var hosts = new LinkedHashMap<String, Set<String>>();
        byHost.forEach((host, conf) -> conf.instances.values()
                .forEach(one -> one.virtualAddresses.forEach(address -> hosts.computeIfAbsent("they share "
                        + address.address.replaceFirst("/.*", "") + " (virtual_router_id " + one.virtualRouterId
                        + "), and have one priority, "
                        + one.priority + ": give each node another one", _ -> new LinkedHashSet<>()).add(host))));
        return hosts.entrySet().stream().filter(entry -> entry.getValue().size() > 1)
                .map(entry -> new Forechecked.Finding(List.copyOf(entry.getValue()), entry.getKey(),
                        Optional.of("priority")))
                .toList();
    }

    /** Nodes whose own address would be a floating one, too. */
    static List<Forechecked.Finding> owners(Map<String, KeepalivedConf> byHost, Map<String, String> addresses) {
        var floating = new HashMap<String, String>();
        byHost.values().forEach(conf -> conf.instances.forEach((name, one) -> one.virtualAddresses
                .forEach(address -> floating.putIfAbsent(address.address.replaceFirst("/.*", ""), name))));
        return addresses.entrySet().stream().filter(own -> floating.containsKey(own.getValue()))
                .map(own -> new Forechecked.Finding(List.of(own.getKey()),
                        own.getValue() + " is one of the virtual_addresses of " + floating.get(own.getValue())
                                + ", too, which must be nobody's own",
                        Optional.of(Forechecked.ADDRESS)))
                .toList();
    }

    /** What can't be meant, whatever the node is like. */
    List<String> mistakes() {
        var mistakes = new ArrayList<String>();
        var routers = new HashMap<String, String>();
        var addresses = new HashMap<String, String>();
        instances.forEach((name, one) -> {
            mistakes(name, one, mistakes);
            String before = routers.put(one.device + " " + one.virtualRouterId, name);
            if (before != null) {
                mistakes.add(before + " and " + name + " have the same virtual_router_id, " + one.virtualRouterId
                        + ", on " + one.device);
            }
            for (Address address : one.virtualAddresses) {
                String other = addresses.put(address.address.replaceFirst("/.*", ""), name);
                if (other != null) {
                    mistakes.add("the address " + address.address + " stands twice, in " + other + " and in " + name);
                }
            }
        });
        word("router_id", routerId, mistakes);
        global.byName().forEach((name, value) -> {
            word("the name '" + name + "' of global", Optional.of(name), mistakes);
            words(name + " of global", PythonText.of(value).replaceAll("\"[^\"\\r\\n]*\"", ""), mistakes);
        });
        scripts.forEach((name, script) -> {
            word("the name of the script '" + name + "'", Optional.of(name), mistakes);
            quotable("script of " + name, Optional.of(script.script), mistakes);
            if (script.script.isBlank()) {
                mistakes.add("the script " + name + " has no command");
            }
            if (script.interval < 1 || script.timeout.orElse(1) < 1) {
                mistakes.add("interval and timeout of the script " + name + " are seconds, one at least");
            }
            if (Math.abs(script.weight.orElse(0)) > MOST) {
                mistakes.add("weight of the script " + name + " is a number from -253 to 253, not "
                        + script.weight.orElse(0));
            }
            script.user.ifPresent(user -> words("user of " + name, user, mistakes));
        });
        syncGroups.forEach((name, group) -> {
            word("the name of the group '" + name + "'", Optional.of(name), mistakes);
            quotable("notify of " + name, group.notified, mistakes);
        });
        virtualServers.forEach(server -> virtual(server, mistakes));
        syncGroups.forEach((name, group) -> group.group.stream().filter(one -> !instances.containsKey(one))
                .forEach(one -> mistakes
                        .add("the group " + name + " has an instance " + one + ", which isn't among the instances")));
        return mistakes;
    }

    private static void virtual(VirtualServer server, List<String> mistakes) {
        address("the virtual server", server.address, mistakes);
        port("the virtual server " + server.address, server.port, mistakes);
        if (!ALGORITHMS.contains(server.lbAlgo)) {
            mistakes.add("lb_algo of " + server.address + " is one of " + String.join(", ", ALGORITHMS) + ", not '"
                    + server.lbAlgo + "'");
        }
        if (!PROTOCOLS.contains(server.protocol)) {
            mistakes.add("protocol of " + server.address + " is one of " + String.join(", ", PROTOCOLS) + ", not '"
                    + server.protocol + "'");
        }
        if (server.delayLoop < 1 || server.persistenceTimeout.orElse(1) < 1) {
            mistakes.add("delay_loop and persistence_timeout of " + server.address + " are seconds, one at least");
        }
        if (server.realServers.isEmpty()) {
            mistakes.add("the virtual server " + server.address + " has no real_servers");
        }
        server.realServers.forEach(real -> {
            address("a real server of " + server.address, real.address, mistakes);
            port("the real server " + real.address, real.port, mistakes);
            if (real.weight < 0 || real.connectTimeout < 1) {
                mistakes.add("weight of the real server " + real.address + " isn't less than 0, and connect_timeout one"
                        + " second at least");
            }
        });
    }

    private static void address(String what, String address, List<String> mistakes) {
        if (address.contains("/") || Network.parse(address).isEmpty()) {
            mistakes.add(what + " has '" + address + "', which is no address: 192.168.188.2 is one, say");
        }
    }

    private static void port(String what, int port, List<String> mistakes) {
        if (port < 0 || port > PORTS) {
            mistakes.add("port of " + what + " is a number from 0 to " + PORTS + ", not " + port);
        }
    }

    private void mistakes(String name, Instance one, List<String> mistakes) {
        word("the name of the instance '" + name + "'", Optional.of(name), mistakes);
        word("interface of " + name, Optional.of(one.device), mistakes);
        one.unicastSrcIp.ifPresent(own -> address("unicast_src_ip of " + name, own, mistakes));
        one.unicastPeers.forEach(peer -> {
            words("unicast_peers of " + name, peer, mistakes);
            address("unicast_peers of " + name, peer.split("\\s", 2)[0], mistakes);
        });
        one.trackInterfaces.forEach(card -> words("track_interfaces of " + name, card, mistakes));
        one.virtualAddresses.forEach(address -> {
            word("dev of " + address.address, address.dev, mistakes);
            word("label of " + address.address, address.label, mistakes);
        });
        if (one.virtualRouterId < 1 || one.virtualRouterId > 255) {
            mistakes.add("virtual_router_id of " + name + " is a number from 1 to 255, not " + one.virtualRouterId);
        }
        if (one.priority < 1 || one.priority > 254) {
            mistakes.add("priority of " + name + " is a number from 1 to 254, not " + one.priority
                    + " (255 is of who owns the addresses)");
        }
        if (one.advertInt < 0.01 || one.advertInt > 255) {
            mistakes.add("advert_int of " + name + " is a time from 0.01 to 255 seconds, not "
                    + PythonText.real(one.advertInt));
        }
        if (one.advertInt != Math.rint(one.advertInt)
                && global.get("vrrp_version").filter(v -> PythonText.of(v).equals("3")).isEmpty()) {
            mistakes.add("advert_int of " + name + " is a whole number of seconds, unless global has vrrp_version: 3");
        }
        one.authPass.filter(word -> word.length() > PASSWORD)
                .ifPresent(word -> mistakes.add("auth_pass of " + name + " has "
                        + word.length() + " characters, and only the first " + PASSWORD
                        + " of a password count: shorten it, on all nodes alike"));
        word("auth_pass of " + name, one.authPass, mistakes);
        quotable("notify of " + name, one.notified, mistakes);
        quotable("notify_master of " + name, one.notifyMaster, mistakes);
        quotable("notify_backup of " + name, one.notifyBackup, mistakes);
        quotable("notify_fault of " + name, one.notifyFault, mistakes);
        if (one.nopreempt && one.state == State.MASTER) {
            mistakes.add("nopreempt of " + name + " needs state backup on all its nodes");
        }
        if (one.virtualAddresses.isEmpty()) {
            mistakes.add("the instance " + name + " has no virtual_addresses");
        }
        for (Address address : one.virtualAddresses) {
            if (Network.parse(address.address).isEmpty()) {
                mistakes.add("virtual_addresses of " + name + " has '" + address.address
                        + "', which is no address: 192.168.188.2/24 is one, say");
            }
        }
        one.trackScripts.stream().filter(script -> !scripts.containsKey(script.split("\\s", 2)[0]))
                .forEach(script -> mistakes
                        .add("track_scripts of " + name + " has " + script + ", which isn't among the scripts"));
        one.unicastPeers.stream().filter(peer -> one.unicastSrcIp.equals(Optional.of(peer))).forEach(peer -> mistakes
                .add("unicast_peers of " + name + " has " + peer + ", which is this node's own address"));
    }

    /** It is written in quotation marks, where keepalived takes {@code \b} for a backspace, and words may have marks of their own. */
    private static void quotable(String argument, Optional<String> command, List<String> mistakes) {
        command.filter(text -> text.matches("(?s).*[\"\\\\\r\n].*") || text.split("'", -1).length % 2 == 0)
                .ifPresent(_ -> mistakes.add(argument + " has a quotation mark, a backslash or several lines,"
                        + " which keepalived.conf can't hold: call a file with the command in it"));
    }

    /** It is written as it is, and ends where keepalived takes something else to begin. */
    private static void word(String argument, Optional<String> value, List<String> mistakes) {
        value.filter(text -> text.isEmpty() || text.matches("(?s).*[\\s\"{}#!].*")).ifPresent(text -> mistakes
                .add(argument + (text.isEmpty() ? " is empty" : " has a blank, a quotation mark, a brace, # or !")
                        + ", which keepalived.conf can't hold"));
    }

    /** The same for several words. */
    private static void words(String argument, String value, List<String> mistakes) {
        if (value.matches("(?s).*[\"{}#!\r\n].*")) {
            mistakes.add(argument + " has a quotation mark, a brace, # or !, or several lines, which keepalived.conf"
                    + " can't hold");
        }
    }

    /**
     * What doesn't fit the node.
     *
     * @param interfaces with their addresses; empty where nobody can tell
     * @param before the configuration that is there: addresses in it are no one's own
     */
    List<String> misfits(Map<String, List<Network>> interfaces, String before) {
        var misfits = new ArrayList<String>();
        if (interfaces.isEmpty()) {
            return misfits;
        }
        instances.forEach((name, one) -> {
            List<Network> networks = interfaces.get(one.device);
            if (networks == null) {
                misfits.add("the interface " + one.device + " of " + name + " isn't there: the node has "
                        + String.join(", ", interfaces.keySet()));
                return;
            }
            for (Address address : one.virtualAddresses) {
                Optional<Network> wanted = Network.parse(address.address);
                String bare = address.address.replaceFirst("/.*", "");
                boolean floating = before.matches("(?s).*(^|[\\s])" + Pattern.quote(bare) + "([\\s/].*|$)");
                if (wanted.isEmpty() || floating) {
                    continue;
                }
                if (interfaces.values().stream().flatMap(List::stream).anyMatch(wanted.get()::sameAddress)) {
                    misfits.add("the address " + bare + " of " + name
                            + " is the node's own: a floating one must be nobody's");
                } else if (address.dev.isEmpty()
                        && networks.stream().noneMatch(network -> network.holds(wanted.get()))) {
                    misfits.add("the address " + bare + " of " + name + " is outside of what " + one.device + " is in");
                }
            }
        });
        return misfits;
    }

    String text() {
        var text = new ConfigText();
        text.open("global_defs").line("router_id", routerId);
        global.entries().forEach((name, value) -> text.line(PythonText.of(value).equals("True")
                ? PythonText.of(name)
                : PythonText.of(name) + " " + PythonText.of(value)));
        text.close();
        scripts.forEach((name, script) -> text.open("vrrp_script " + name).quoted("script", Optional.of(script.script))
                .line("interval", script.interval).line("timeout", script.timeout).line("weight", script.weight)
                .line("fall", script.fall).line("rise", script.rise).line("user", script.user).close());
        instances.forEach((name, one) -> instance(text, name, one));
        syncGroups.forEach((name, group) -> text.open("vrrp_sync_group " + name).list("group", group.group)
                .quoted("notify", group.notified).close());
        virtualServers.forEach(server -> virtualServer(text, server));
        return text.toString();
    }

    private static void instance(ConfigText text, String name, Instance one) {
        text.open("vrrp_instance " + name).line("state", one.state.name()).line("interface", one.device)
                .line("virtual_router_id", one.virtualRouterId).line("priority", one.priority)
                .line("advert_int", one.advertInt == Math.rint(one.advertInt)
                        ? String.valueOf((long) one.advertInt)
                        : String.format(Locale.ROOT, "%.2f", one.advertInt))
                .flag("nopreempt", one.nopreempt).line("preempt_delay", one.preemptDelay);
        one.authPass.ifPresent(
                word -> text.open("authentication").line("auth_type", "PASS").line("auth_pass", word).close());
        text.line("unicast_src_ip", one.unicastSrcIp).list("unicast_peer", one.unicastPeers)
                .list("virtual_ipaddress", one.virtualAddresses.stream().map(Address::line).toList())
                .list("track_script", one.trackScripts).list("track_interface", one.trackInterfaces)
                .quoted("notify", one.notified).quoted("notify_master", one.notifyMaster)
                .quoted("notify_backup", one.notifyBackup).quoted("notify_fault", one.notifyFault).close();
    }

    private static void virtualServer(ConfigText text, VirtualServer server) {
        text.open("virtual_server " + server.address + " " + server.port).line("delay_loop", server.delayLoop)
                .line("lb_algo", server.lbAlgo).line("lb_kind", server.lbKind.name()).line("protocol", server.protocol)
                .line("persistence_timeout", server.persistenceTimeout);
        for (RealServer real : server.realServers) {
            text.open("real_server " + real.address + " " + real.port).line("weight", real.weight).open("TCP_CHECK")
                    .line("connect_timeout", real.connectTimeout).close().close();
        }
        text.close();
    }
}
