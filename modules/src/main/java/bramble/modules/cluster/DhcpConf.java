package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which addresses a node gives to whom, and what it tells them, whatever daemon does it. */
public record DhcpConf(
        @Arg("The networks, each with what is given there. A text is the network alone.") List<Subnet> subnets,
        @Arg(value = "Who always gets the same address.", fallback = "[]") List<Reservation> reservations,
        Options options, Lease lease,
        @Arg(value = "Whether a client that asks for an address of elsewhere is told that it is wrong: right where no other server gives addresses.", fallback = "false") boolean authoritative,
        @Arg("Whether an address is pinged before it is lent. isc does so unless this is false. dnsmasq only does if it is true: it answers nobody else for those three seconds, and who is switched on with others gives up. kea can't.") Optional<Boolean> pingCheck,
        @Arg("The other server, where two give addresses out of the same pools.") Optional<Failover> failover) {

    /** What clients are told. */
    public record Options(@Arg(value = "The ways out.", fallback = "[]") List<String> routers,
            @Arg(value = "Who answers for names.", fallback = "[]", aliases = "domain_name_servers") List<String> dnsServers,
            @Arg(value = "The domain that clients are in.", aliases = "domain_name") Optional<String> domain,
            @Arg(value = "The domains in which short names are looked for.", fallback = "[]") List<String> domainSearch,
            @Arg(value = "Who has the time.", fallback = "[]") List<String> ntpServers,
            @Arg("Where a client that boots over the network has its first file from.") Optional<String> nextServer,
            @Arg(value = "That file.", aliases = "filename") Optional<String> bootFile,
            @Arg(value = "What else is told: names of options as the daemon has them, and their values; several in a list.", fallback = "{}") MapValue options) {
        private void mistakes(String where, List<String> mistakes) {
            addresses("routers", routers, where, mistakes);
            addresses("dns_servers", dnsServers, where, mistakes);
            addresses("ntp_servers", ntpServers, where, mistakes);
            nextServer.filter(one -> Ipv4.number(one).isEmpty()).ifPresent(one -> mistakes
                    .add("next_server" + where + " is an address, not '" + one + "'"));
            Stream.concat(domain.stream(), domainSearch.stream()).filter(name -> !name.matches(NAME))
                    .forEach(name -> mistakes.add("'" + name + "'" + where + " is no domain"));
            options.byName().keySet().stream().filter(name -> !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"))
                    .forEach(name -> mistakes.add("options" + where + " has '" + name
                            + "', which is no name of an option: tftp-server-name is one, say"));
            bootFile.filter(Options::broken).ifPresent(_ -> mistakes.add("boot_file" + where + " has several lines"));
            options.byName().forEach((name, value) -> {
                if (texts(value).anyMatch(Options::broken)) {
                    mistakes.add("the option " + name + where + " has several lines");
                }
            });
        }

        private static Stream<String> texts(Value value) {
            return value instanceof ListValue list
                    ? list.items().stream().flatMap(Options::texts)
                    : Stream.of(PythonText.of(value));
        }

        /** What would be two lines of a configuration, the second of which says something else. */
        private static boolean broken(String text) {
            return text.matches("(?s).*[\r\n].*");
        }

        private static void addresses(String name, List<String> addresses, String where, List<String> mistakes) {
            addresses.stream().filter(one -> Ipv4.number(one).isEmpty()).forEach(one -> mistakes.add(name + where
                    + " has '" + one + "', which is no address: 192.168.10.1 is one, say"));
        }
    }

    /** How long an address is lent. */
    public record Lease(@Arg("Seconds, where a client asks for none.") Optional<Integer> defaultLeaseTime,
            @Arg("Seconds at most.") Optional<Integer> maxLeaseTime,
            @Arg("Seconds at least.") Optional<Integer> minLeaseTime) {
        private void mistakes(String where, List<String> mistakes) {
            Stream.of(defaultLeaseTime, maxLeaseTime, minLeaseTime).flatMap(Optional::stream).filter(time -> time < 1)
                    .forEach(time -> mistakes.add("a lease time" + where + " is " + time
                            + ", which is no number of seconds"));
            ordered("min_lease_time", minLeaseTime, "default_lease_time", defaultLeaseTime, where, mistakes);
            ordered("default_lease_time", defaultLeaseTime, "max_lease_time", maxLeaseTime, where, mistakes);
            if (defaultLeaseTime.isEmpty()) {
                ordered("min_lease_time", minLeaseTime, "max_lease_time", maxLeaseTime, where, mistakes);
            }
        }

        private static void ordered(String less, Optional<Integer> one, String more, Optional<Integer> other,
                String where, List<String> mistakes) {
            if (one.isPresent() && other.isPresent() && one.get() > other.get()) {
                mistakes.add(less + where + " (" + one.get() + ") is longer than " + more + " ("
                        + other.get() + ")");
            }
        }
    }

    /** A network. */
    public record Subnet(@Arg(value = "The network: 192.168.10.0/24.", aliases = "network") String subnet,
            @Arg(value = "Which of its addresses are given to whoever asks. A text is the range alone.", fallback = "[]") List<Pool> pools,
            Options options, Lease lease) {

        /** Its addresses; empty where what is written is no network. */
        Optional<Ipv4.Range> addresses() {
            return Ipv4.network(subnet);
        }
    }

    /** Addresses that are given to whoever asks. */
    public record Pool(@Arg("The first and the last: 192.168.10.200-192.168.10.240.") String range,
            @Arg(value = "Whether only those get one who have a reservation.", fallback = "false") boolean knownOnly,
            @Arg(value = "Whether both servers of a failover give them.", fallback = "true") boolean failover) {
        Optional<Ipv4.Range> addresses() {
            return Ipv4.range(range);
        }
    }

    /** One client. */
    public record Reservation(@Arg(value = "Its network card's address.", aliases = "hw_address") String mac,
            @Arg("What it gets; without, it is only known.") Optional<String> address,
            @Arg(value = "Its name.", aliases = "hostname") Optional<String> name, Options options) {
        /** Six pairs of small digits with colons between. */
        String card() {
            return mac.strip().toLowerCase(Locale.ROOT).replace('-', ':');
        }

        /** What it is called in a configuration. */
        String label() {
            return name.orElse("host-" + card().replace(':', '-'));
        }

        private String spoken() {
            return name.map(known -> known + " (" + mac + ")").orElse(mac);
        }
    }

    /** Which part a server has of two. */
    public enum Role {
        PRIMARY,
        SECONDARY
    }

    /** How two servers share the work. */
    public enum Mode {
        LOAD_BALANCING,
        HOT_STANDBY
    }

    /** Two servers that give addresses out of the same pools. */
    public record Failover(@Arg("What both call it.") String name, @Arg("Which of both this one is.") Role role,
            @Arg("This server's address.") String address,
            @Arg(value = "Its port.", fallback = "647") int port,
            @Arg("The other one's address.") String peerAddress,
            @Arg(value = "Its port.", fallback = "647") int peerPort,
            @Arg("Seconds of silence until the other one counts as cut off; 60 for isc, 10 for kea, which leaves the other one's clients without an answer as long.") Optional<Integer> maxResponseDelay,
            @Arg(value = "Seconds between two signs of life; kea.", fallback = "1") int heartbeatDelay,
            @Arg(value = "How many clients the other one must have left without an answer for load_balance_max_seconds, after the silence, until this one takes over; kea. With 0 it does so at once.", fallback = "0") int maxUnackedClients,
            @Arg(value = "How many unanswered messages are let out; isc.", fallback = "10") int maxUnackedUpdates,
            @Arg(value = "Seconds that a client has been asking for, after which also the one answers who leaves it to the other.", fallback = "3") int loadBalanceMaxSeconds,
            @Arg(value = "Seconds by which one may lengthen a lease without the other's knowledge; isc.", fallback = "3600") int mclt,
            @Arg(value = "How many of 256 clients the primary one answers.", fallback = "128") int split,
            @Arg(value = "Whether both answer, or the secondary one only when the primary is gone; kea.", fallback = "load-balancing") Mode mode) {
        /** Seconds until the other one counts as cut off. */
        int silence(DhcpDaemon daemon) {
            return maxResponseDelay.orElse(daemon == DhcpDaemon.KEA ? 10 : 60);
        }

        private void mistakes(DhcpDaemon daemon, List<String> mistakes) {
            if (daemon == DhcpDaemon.DNSMASQ) {
                mistakes.add("dnsmasq has no failover");
            }
            if (!name.matches("[A-Za-z0-9._-]+")) {
                mistakes.add("'" + name + "' is no name of a failover: letters, digits, dots and hyphens are");
            }
            Stream.of(address, peerAddress).filter(one -> Ipv4.number(one).isEmpty())
                    .forEach(one -> mistakes.add("an address of the failover is none: '" + one + "'"));
            if (address.equals(peerAddress)) {
                mistakes.add("the failover's other server is this one: address and peer_address are both " + address);
            }
            Stream.of(port, peerPort).filter(one -> one < 1 || one > 65_535)
                    .forEach(one -> mistakes.add("a port of the failover is a number from 1 to 65535, not " + one));
            if (split < 0 || split > 256) {
                mistakes.add("split is a number from 0 to 256, not " + split);
            }
            if (daemon == DhcpDaemon.KEA && (heartbeatDelay < 1 || heartbeatDelay >= silence(daemon))) {
                mistakes.add("heartbeat_delay of the failover is more than 0, and less than max_response_delay ("
                        + silence(daemon) + "), not " + heartbeatDelay);
            }
            if (maxUnackedClients < 0) {
                mistakes.add("max_unacked_clients of the failover isn't less than 0");
            }
            if (silence(daemon) < 1 || maxUnackedUpdates < 1 || mclt < 1 || loadBalanceMaxSeconds < 0) {
                mistakes.add("max_response_delay, max_unacked_updates and mclt of the failover are more than 0, and "
                        + "load_balance_max_seconds isn't less");
            }
            if (daemon == DhcpDaemon.ISC && mode == Mode.HOT_STANDBY) {
                mistakes.add(
                        "isc has no hot-standby: split: 256 leaves all clients to the primary server while it is there");
            }
        }
    }

    private static final String NAME = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?";
    private static final String CARD = "([0-9a-f]{2}:){5}[0-9a-f]{2}";

    /** A pool and where it is. */
    private record Placed(String subnet, Pool pool, Ipv4.Range range) {}

    /** What can't be meant, whatever the node is like. */
    List<String> mistakes(DhcpDaemon daemon) {
        var mistakes = new ArrayList<String>();
        if (subnets.isEmpty()) {
            mistakes.add("there are no subnets: 192.168.10.0/24 is one, say");
        }
        options.mistakes("", mistakes);
        lease.mistakes("", mistakes);
        networks(mistakes);
        var pools = new ArrayList<Placed>();
        subnets.forEach(one -> one.pools.forEach(pool -> pool(one, pool, mistakes).ifPresent(pools::add)));
        for (int i = 0; i < pools.size(); i++) {
            for (Placed other : pools.subList(0, i)) {
                if (other.range.meets(pools.get(i).range)) {
                    mistakes.add("the pools " + other.pool.range + " and " + pools.get(i).pool.range + " overlap");
                }
            }
        }
        subnets.stream().flatMap(one -> one.options.routers.stream())
                .forEach(router -> pools.stream()
                        .filter(pool -> Ipv4.number(router).filter(pool.range::holds).isPresent())
                        .forEach(pool -> mistakes.add("the router " + router + " is in the pool " + pool.pool.range)));
        reservations(daemon, pools, mistakes);
        failover.ifPresent(both -> {
            both.mistakes(daemon, mistakes);
            if (subnets.stream().flatMap(one -> one.pools.stream()).noneMatch(Pool::failover)) {
                mistakes.add("there is no pool for the failover: reserved addresses need none, both servers give them");
            }
        });
        mistakes.addAll(daemon.mistakes(this));
        return mistakes;
    }

    private void networks(List<String> mistakes) {
        for (int i = 0; i < subnets.size(); i++) {
            Subnet one = subnets.get(i);
            Optional<Ipv4.Range> range = one.addresses();
            if (range.isEmpty()) {
                mistakes.add("'" + one.subnet + "' is no network"
                        + Ipv4.around(one.subnet)
                                .map(whole -> ": it has the address of a host; the network is " + whole)
                                .orElse(": 192.168.10.0/24 is one, say"));
            }
            for (Subnet other : subnets.subList(0, i)) {
                if (range.isPresent() && other.addresses().filter(range.get()::meets).isPresent()) {
                    mistakes.add("the subnets " + other.subnet + " and " + one.subnet + " overlap");
                }
            }
            one.options.mistakes(" of " + one.subnet, mistakes);
            one.lease.mistakes(" of " + one.subnet, mistakes);
            one.options.routers.stream()
                    .filter(router -> range.isPresent()
                            && Ipv4.number(router).filter(number -> !range.get().holds(number)).isPresent())
                    .forEach(router -> mistakes.add("the router " + router + " is outside of " + one.subnet));
        }
    }

    private static Optional<Placed> pool(Subnet subnet, Pool pool, List<String> mistakes) {
        Optional<Ipv4.Range> range = pool.addresses();
        if (range.isEmpty()) {
            mistakes.add("the pool '" + pool.range + "' of " + subnet.subnet
                    + " is no range: 192.168.10.200-192.168.10.240 is one, say");
            return Optional.empty();
        }
        if (range.get().first() > range.get().last()) {
            mistakes.add("the pool " + pool.range + " ends before it begins");
            return Optional.empty();
        }
        Optional<Ipv4.Range> network = subnet.addresses();
        if (network.isPresent() && !network.get().usable().holds(range.get())) {
            mistakes.add(network.get().holds(range.get())
                    ? "the pool " + pool.range + " has the first or the last address of " + subnet.subnet
                            + ", which no host can have"
                    : "the pool " + pool.range + " is outside of " + subnet.subnet);
        }
        return Optional.of(new Placed(subnet.subnet, pool, range.get()));
    }

    private void reservations(DhcpDaemon daemon, List<Placed> pools, List<String> mistakes) {
        var seen = new HashMap<String, Reservation>();
        for (Reservation one : reservations) {
            boolean card = one.card().matches(CARD);
            if (!card) {
                mistakes.add("'" + one.mac + "' of " + one.name.orElse("a reservation")
                        + " is no address of a network card: b8:27:eb:00:00:01 is one, say");
            } else if ((Integer.parseInt(one.card().substring(0, 2), 16) & 1) != 0) {
                mistakes.add(one.spoken() + ": that is the address of a group, which no network card has");
            }
            one.name.filter(name -> !name.matches(NAME))
                    .ifPresent(name -> mistakes.add("'" + name + "' is no name of a host"));
            one.options.mistakes(" of " + one.label(), mistakes);
            twice(seen, "mac " + (card ? one.card() : one.mac), one, "the network card " + one.mac, mistakes);
            one.name.ifPresent(name -> twice(seen, "name " + name, one, "the name " + name, mistakes));
            one.address.ifPresent(address -> {
                Optional<Long> number = Ipv4.number(address);
                if (number.isEmpty()) {
                    mistakes.add("'" + address + "' of " + one.spoken() + " is no address");
                    return;
                }
                twice(seen, "address " + address, one, "the address " + address, mistakes);
                List<Ipv4.Range> networks = subnets.stream().flatMap(subnet -> subnet.addresses().stream()).toList();
                if (networks.size() == subnets.size()
                        && networks.stream().noneMatch(range -> range.holds(number.get()))) {
                    mistakes.add("the address " + address + " of " + one.spoken() + " is outside of "
                            + String.join(", ", subnets.stream().map(Subnet::subnet).toList()));
                }
                if (networks.stream()
                        .anyMatch(range -> range.holds(number.get()) && !range.usable().holds(number.get()))) {
                    mistakes.add("the address " + address + " of " + one.spoken()
                            + " is the first or the last of its network, which no host can have");
                }
                // dhcpd gives it to others too, and says so in its log; Kea and dnsmasq keep it back.
                pools.stream().filter(pool -> daemon == DhcpDaemon.ISC && pool.range.holds(number.get()))
                        .forEach(pool -> mistakes.add("the address " + address + " of " + one.spoken()
                                + " is in the pool " + pool.pool.range
                                + ", out of which isc gives it to others: take it out of the pool"));
            });
        }
    }

    private static void twice(Map<String, Reservation> seen, String key, Reservation one, String what,
            List<String> mistakes) {
        Reservation before = seen.putIfAbsent(key, one);
        if (before != null) {
            mistakes.add(what + " stands twice, at " + before.spoken() + " and at " + one.spoken());
        }
    }

    /**
     * What doesn't fit the node.
     *
     * @param listening the interfaces that the daemon is to listen at; all where empty
     * @param interfaces with their addresses; empty where nobody can tell
     */
    List<String> misfits(DhcpDaemon daemon, List<String> listening, Map<String, List<Network>> interfaces) {
        var misfits = new ArrayList<String>();
        if (interfaces.isEmpty()) {
            return misfits;
        }
        listening.stream().filter(name -> !interfaces.containsKey(name)).forEach(name -> misfits
                .add("the interface " + name + " isn't there: the node has " + String.join(", ", interfaces.keySet())));
        List<String> served = subnets.stream().map(Subnet::subnet).toList();
        if (daemon == DhcpDaemon.ISC) { // which ends itself then
            List<String> there = listening.stream().filter(interfaces::containsKey).toList();
            there.stream().filter(name -> !within(interfaces.getOrDefault(name, List.of())))
                    .forEach(name -> misfits.add("the interface "
                            + name + " is in none of the subnets " + String.join(", ", served) + ": it has "
                            + (interfaces.getOrDefault(name, List.of()).isEmpty()
                                    ? "no address"
                                    : addresses(interfaces.getOrDefault(name, List.of())))));
            if (listening.isEmpty() && interfaces.values().stream().noneMatch(this::within)) {
                misfits.add("no interface of the node is in one of the subnets " + String.join(", ", served));
            }
        }
        failover.map(Failover::address).flatMap(Network::parse)
                .filter(own -> interfaces.values().stream().flatMap(List::stream).noneMatch(own::sameAddress))
                .ifPresent(own -> misfits.add("the failover's address is " + failover.orElseThrow().address
                        + ", which the node doesn't have"));
        subnets.forEach(subnet -> subnet.pools.forEach(pool -> interfaces.values().stream().flatMap(List::stream)
                .filter(own -> own.bytes().length == 4)
                .filter(own -> pool.addresses().filter(range -> range.holds(Ipv4.number(own.bytes()))).isPresent())
                .forEach(own -> misfits.add("the pool " + pool.range + " has the node's own address "
                        + Ipv4.text(Ipv4.number(own.bytes()))))));
        return misfits;
    }

    private boolean within(List<Network> addresses) {
        return addresses.stream().filter(own -> own.bytes().length == 4).anyMatch(own -> subnets.stream()
                .anyMatch(one -> one.addresses().filter(range -> range.holds(Ipv4.number(own.bytes()))).isPresent()));
    }

    private static String addresses(List<Network> addresses) {
        return String.join(", ", addresses.stream().filter(own -> own.bytes().length == 4)
                .map(own -> Ipv4.text(Ipv4.number(own.bytes()))).toList());
    }
}
