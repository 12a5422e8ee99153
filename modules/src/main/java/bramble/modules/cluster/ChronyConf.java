package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.value.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a node has its time from and whom it gives it to, and chrony.conf for it.
 *
 * @see <a href="https://chrony-project.org/doc/4.3/chrony.conf.html">chrony.conf(5)</a>
 */
public record ChronyConf(
        @Arg(value = "Servers that it asks; a text is the address alone.", fallback = "[]") List<Server> servers,
        @Arg(value = "Names that stand for several servers.", fallback = "[]") List<Server> pools,
        @Arg(value = "Other nodes of the same rank, each of which asks the other.", fallback = "[]") List<Server> peers,
        @Arg(value = "Clocks of the node's own: GPS, by gpsd, or a pulse each second.", fallback = "[]") List<Refclock> refclocks,
        @Arg("With nobody to ask, the node gives its own time under this stratum, 1 to 15.") Optional<Integer> localStratum,
        @Arg(value = "Whether local_stratum counts also for a node that asks others with local_stratum: the one with the lowest address leads.", fallback = "false") boolean localOrphan,
        @Arg("By how many seconds the time may be uncertain until local_stratum counts; chrony's own is one. Without an answer the uncertainty grows slowly.") Optional<Double> localDistance,
        @Arg(value = "Networks that may ask; all for everybody.", fallback = "[]") List<String> allow,
        @Arg(value = "Networks that may not.", fallback = "[]") List<String> deny,
        @Arg(value = "The clock is set at once where it is wrong by more than that many seconds, at the first so many updates.", fallback = "1 3") String makestep,
        @Arg(value = "Whether the kernel copies the time to the clock of the board.", fallback = "true") boolean rtcsync,
        @Arg("Updates of an estimate that is less certain than that, in parts per million, don't count.") Optional<Double> maxupdateskew,
        @Arg("The time zone that knows of leap seconds, right/UTC.") Optional<String> leapsectz,
        @Arg(value = "Where the clock's error is kept.", fallback = "/var/lib/chrony/chrony.drift") String driftfile,
        @Arg(value = "Keys that packets are signed with, by their numbers.", fallback = "{}") Map<String, Key> keys,
        @Arg(value = "Further lines of chrony.conf, as they stand there.", fallback = "[]") List<String> lines) {

    /** The times between questions that chronyd can keep, as powers of two. */
    private static final int SHORTEST = -7;
    private static final int LONGEST = 24;

    /** A server that is asked. */
    public record Server(@Arg("Its address or name.") String address,
            @Arg(value = "Whether it is asked four times at once in the beginning.", fallback = "true") boolean iburst,
            @Arg("Whether it is taken before others.") Optional<Boolean> prefer,
            @Arg("Seconds between questions, as a power of two: at least.") Optional<Integer> minpoll,
            @Arg("Seconds between questions, as a power of two: at most.") Optional<Integer> maxpoll,
            @Arg("The number of the key.") Optional<String> key) {
        private String line(String kind) {
            return kind + " " + address + (iburst && !kind.equals("peer") ? " iburst" : "")
                    + (prefer.orElse(false) ? " prefer" : "") + minpoll.map(n -> " minpoll " + n).orElse("")
                    + maxpoll.map(n -> " maxpoll " + n).orElse("") + key.map(n -> " key " + n).orElse("");
        }
    }

    /** How a clock is read. */
    public enum Driver {
        SHM,
        SOCK,
        PPS,
        PHC
    }

    /** A clock of the node's own. */
    public record Refclock(@Arg("How it is read: shm from gpsd, pps from a device.") Driver driver,
            @Arg(value = "Which one: the segment's number, or the device.", fallback = "0") String unit,
            @Arg("What it is called, four letters at most.") Optional<String> refid,
            @Arg("How exact it is, in seconds, 1e-1 say.") Optional<String> precision,
            @Arg("What is added to it, in seconds.") Optional<Double> offset,
            @Arg("How long it takes to tell, in seconds.") Optional<Double> delay,
            @Arg("Its stratum; without, the node's is one.") Optional<Integer> stratum,
            @Arg("Seconds between readings, as a power of two.") Optional<Integer> poll,
            @Arg("The refid of the clock that says which second a pulse is.") Optional<String> lock,
            @Arg("Whether it is taken before others.") Optional<Boolean> prefer,
            @Arg("Whether it is only looked at, and never followed: for one that others are locked to.") Optional<Boolean> noselect) {
        private String line() {
            return "refclock " + driver.name() + " " + unit + refid.map(v -> " refid " + v).orElse("")
                    + precision.map(v -> " precision " + v).orElse("")
                    + offset.map(v -> " offset " + PythonText.real(v)).orElse("")
                    + delay.map(v -> " delay " + PythonText.real(v)).orElse("")
                    + stratum.map(v -> " stratum " + v).orElse("")
                    + poll.map(v -> " poll " + v).orElse("") + lock.map(v -> " lock " + v).orElse("")
                    + (prefer.orElse(false) ? " prefer" : "") + (noselect.orElse(false) ? " noselect" : "");
        }
    }

    /** A key. */
    public record Key(@Arg(value = "Its text, or HEX: and its digits.", secret = true) String key,
            @Arg(value = "What it signs with.", fallback = "SHA256") String type) {}

    List<String> mistakes() {
        var mistakes = new ArrayList<String>();
        if (servers.isEmpty() && pools.isEmpty() && peers.isEmpty() && refclocks.isEmpty() && localStratum.isEmpty()) {
            mistakes.add("there is nothing to have the time from: give servers, pools, refclocks or local_stratum");
        }
        localStratum.filter(stratum -> stratum < 1 || stratum > 15)
                .ifPresent(stratum -> mistakes.add("local_stratum is a number from 1 to 15, not " + stratum));
        if (!makestep.matches("[0-9.]+ -?[0-9]+")) {
            mistakes.add("makestep is a number of seconds and one of updates, '1 3' say, not '" + makestep + "'");
        }
        for (Map.Entry<String, List<String>> one : Map.of("allow", allow, "deny", deny).entrySet()) {
            one.getValue().stream().filter(network -> !network.equals("all") && Network.parse(network).isEmpty())
                    .forEach(network -> mistakes.add(one.getKey() + " has '" + network
                            + "', which is no network: 192.168.188.0/24 is one, say"));
        }
        keys.forEach((number, key) -> {
            if (!number.matches("[1-9][0-9]{0,9}")) {
                mistakes.add("keys are named by numbers, not '" + number + "'");
            }
            if (key.key.matches("(?s).*\\s.*")) {
                mistakes.add("the key " + number + " has a blank in it");
            }
        });
        var named = new LinkedHashMap<String, Server>();
        List.of(servers, pools, peers).forEach(some -> some.forEach(server -> named.put(server.address, server)));
        named.values().forEach(server -> {
            server.key.filter(key -> !keys.containsKey(key)).ifPresent(key -> mistakes
                    .add(server.address + " is asked with the key " + key + ", which isn't among the keys"));
            if (server.address.isBlank() || server.address.matches("(?s).*\\s.*")) {
                mistakes.add("'" + server.address + "' is no server: give its address alone, options beside it");
            } else if (server.address.matches("[0-9.]+") && Network.parse(server.address).isEmpty()) {
                mistakes.add("'" + server.address + "' is no address: 192.168.188.1 is one, say");
            }
            poll("minpoll of " + server.address, server.minpoll, mistakes);
            poll("maxpoll of " + server.address, server.maxpoll, mistakes);
            if (server.maxpoll.isPresent() && server.minpoll.orElse(SHORTEST) > server.maxpoll.get()) {
                mistakes.add("minpoll of " + server.address + " is more than its maxpoll");
            }
        });
        List<String> clocks = refclocks.stream().flatMap(clock -> clock.refid.stream()).toList();
        refclocks.forEach(clock -> {
            clock.refid.filter(id -> id.length() > 4)
                    .ifPresent(id -> mistakes.add("a refid has four letters at most, not " + id));
            clock.stratum.filter(stratum -> stratum < 0 || stratum > 15).ifPresent(stratum -> mistakes
                    .add("stratum of a refclock is a number from 0 to 15, not " + stratum));
            if ((clock.driver == Driver.PPS || clock.driver == Driver.SOCK) && !clock.unit.startsWith("/")) {
                mistakes.add("unit of a refclock by " + clock.driver.name().toLowerCase(Locale.ROOT)
                        + " is a device or a socket, /dev/pps0 say, not '" + clock.unit + "'");
            }
            if (clock.driver == Driver.SHM && !clock.unit.matches("[0-9]{1,3}(:.*)?")) {
                mistakes.add("unit of a refclock by shm is the number of the segment, not '" + clock.unit + "'");
            }
            clock.lock.filter(id -> !clocks.contains(id))
                    .ifPresent(id -> mistakes.add("a refclock is locked to " + id + ", which none of them is"));
        });
        return mistakes;
    }

    private static void poll(String what, Optional<Integer> power, List<String> mistakes) {
        power.filter(n -> n < SHORTEST || n > LONGEST).ifPresent(n -> mistakes
                .add(what + " is a power of two, from " + SHORTEST + " to " + LONGEST + ", not " + n));
    }

    /** @param keyfile where the keys are */
    String text(String keyfile) {
        var text = new ConfigText();
        servers.forEach(server -> text.line(server.line("server")));
        pools.forEach(server -> text.line(server.line("pool")));
        peers.forEach(server -> text.line(server.line("peer")));
        refclocks.forEach(clock -> text.line(clock.line()));
        localStratum.ifPresent(stratum -> text.line("local stratum " + stratum + (localOrphan ? " orphan" : "")
                + localDistance.map(distance -> " distance " + PythonText.real(distance)).orElse("")));
        allow.forEach(network -> text.line("allow " + network));
        deny.forEach(network -> text.line("deny " + network));
        text.line("driftfile", driftfile).line("makestep", makestep).flag("rtcsync", rtcsync)
                .line("maxupdateskew", maxupdateskew.map(PythonText::real)).line("leapsectz", leapsectz);
        if (!keys.isEmpty()) {
            text.line("keyfile", keyfile);
        }
        lines.forEach(text::line);
        return text.toString();
    }

    /** The file of keys: chrony.keys(5). */
    String keyText() {
        return keys.entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue().type + " "
                        + (one.getValue().key.matches("(HEX|ASCII):.*")
                                ? one.getValue().key
                                : "ASCII:" + one.getValue().key)
                        + "\n")
                .collect(Collectors.joining());
    }
}
