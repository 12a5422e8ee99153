package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.value.ListValue;
import bramble.value.PythonText;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a zone says, and its file.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1035#section-5">RFC 1035, 5: master files</a>
 */
public record DnsZone(@Arg("The zone: clust0r, 10.168.192.in-addr.arpa.") String zone,
        @Arg(value = "How long an answer may be kept, in seconds, where a record doesn't say.", fallback = "604800") long ttl,
        @Arg("What its SOA record says of it.") Soa soa,
        @Arg(value = "The servers that have the zone: its NS records.", fallback = "[]") List<String> nameServers,
        @Arg(value = "Hosts, and the address or the addresses of each: A and AAAA records.", fallback = "{}") Map<String, Value> hosts,
        @Arg(value = "The same in a zone of addresses: PTR records for those that are in it, the first name of each.", fallback = "{}") Map<String, Value> pointers,
        @Arg("The zone that names of pointers are in, if they don't end with a dot.") Optional<String> domain,
        @Arg(value = "What else it has.", fallback = "[]") List<Entry> records) {
    private static final long LONGEST = Integer.MAX_VALUE;
    private static final int LABEL = 63;
    private static final int NAME = 253;
    private static final int PIECE = 255; // bytes of one string of a TXT record
    private static final int PORTS = 65_535;
    private static final Pattern LETTERS = Pattern.compile("[A-Za-z0-9_*/-]+(\\.[A-Za-z0-9_/-]+)*");
    private static final Pattern HOST = Pattern
            .compile("(\\*\\.|\\*$)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.|$))*");

    /** Types whose value is a name. */
    private static final Set<String> NAMING = Set.of("CNAME", "DNAME", "NS", "PTR", "MX", "SRV");
    /** Types of names that have to be hosts with an address, RFC 2181, 10.3. */
    private static final Set<String> OF_HOSTS = Set.of("NS", "MX", "SRV");
    /** Types whose value is written as it is given. */
    private static final Set<String> PLAIN = Set.of("DS", "SSHFP", "TLSA", "NAPTR", "HINFO", "RP", "LOC", "URI", "SVCB",
            "HTTPS", "OPENPGPKEY", "SMIMEA", "CERT", "DNSKEY", "CDS", "CDNSKEY", "AFSDB", "APL");
    /** Types whose value is put in quotation marks. */
    private static final Set<String> QUOTED = Set.of("TXT", "SPF", "CAA");
    private static final Set<String> TYPES = new TreeSet<>(Set.of("A", "AAAA"));

    static {
        TYPES.addAll(QUOTED);
        TYPES.addAll(NAMING);
        TYPES.addAll(PLAIN);
    }

    /** What a zone says of itself. */
    public record Soa(@Arg("The server that has the zone from its file.") String primary,
            @Arg("The mail address of who looks after it.") String mail,
            @Arg(value = "Seconds after which a secondary asks whether it has changed.", fallback = "604800") long refresh,
            @Arg(value = "Seconds after which it asks again, if it got no answer.", fallback = "86400") long retry,
            @Arg(value = "Seconds without an answer after which it gives the zone up.", fallback = "2419200") long expire,
            @Arg(value = "Seconds for which it may be kept that there is no such name.", fallback = "604800") long minimum) {}

    /** A record, or several of one name and type. */
    public record Entry(
            @Arg(value = "The name: within the zone, or whole with a dot at the end; @ is the zone itself.", fallback = "@") String name,
            @Arg("A, AAAA, CNAME, MX, NS, TXT, SRV, PTR, CAA; others' values are written as they are given.") String type,
            @Arg("What it says; a list makes several records. A name without a dot at its end is within the zone.") Value value,
            @Arg("How long it may be kept, in seconds.") Optional<Long> ttl,
            @Arg("Which of several is taken first, the lowest: MX, SRV.") Optional<Integer> priority,
            @Arg(value = "The share among those of one priority: SRV.", fallback = "0") int weight,
            @Arg("The port: SRV.") Optional<Integer> port,
            @Arg(value = "128 where it must be understood: CAA.", fallback = "0") int flags,
            @Arg("What is said: issue, issuewild, iodef: CAA.") Optional<String> tag) {
        private static Entry of(String name, String type, Value value) {
            return new Entry(name, type, value, Optional.empty(), Optional.empty(), 0, Optional.empty(), 0,
                    Optional.empty());
        }

        private String kind() {
            return type.toUpperCase(Locale.ROOT);
        }

        private List<String> values() {
            return each(value);
        }

        private String says(String said) {
            return switch (kind()) {
                case "MX" -> priority.orElse(0) + " " + said;
                case "SRV" -> priority.orElse(0) + " " + weight + " " + port.orElse(0) + " " + said;
                case "TXT", "SPF" -> strings(said);
                case "CAA" -> flags + " " + tag.orElse("") + " " + strings(said);
                default -> said;
            };
        }
    }

    /** All of it but the SOA record. */
    private List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        if (!nameServers.isEmpty()) {
            entries.add(Entry.of("@", "NS", Value.texts(nameServers)));
        }
        hosts.forEach((name, addresses) -> each(addresses)
                .forEach(address -> entries
                        .add(Entry.of(name, address.contains(":") ? "AAAA" : "A", Value.text(address)))));
        var pointing = new HashSet<String>();
        pointers.forEach((name, addresses) -> each(addresses).forEach(address -> {
            String whole = name.endsWith(".") || domain.isEmpty() ? name : name + "." + host(domain.get()) + ".";
            Optional<String> pointer = Network.parse(address).map(DnsZone::pointer)
                    .filter(one -> one.endsWith("." + origin()) && pointing.add(one));
            pointer.ifPresent(one -> entries.add(Entry
                    .of(one.substring(0, one.length() - origin().length() - 1), "PTR", Value.text(whole))));
        }));
        entries.addAll(records);
        return entries;
    }

    private static List<String> each(Value value) {
        return value instanceof ListValue list
                ? list.items().stream().map(PythonText::of).toList()
                : List.of(PythonText.of(value));
    }

    /** The name that an address has among names: RFC 1035, 3.5, and RFC 3596, 2.5. */
    private static String pointer(Network address) {
        var name = new StringBuilder();
        byte[] bytes = address.bytes();
        for (int i = bytes.length - 1; i >= 0; i--) {
            int b = bytes[i] & 0xff;
            name.append(bytes.length == 4
                    ? b + "."
                    : Integer.toHexString(b & 15) + "." + Integer.toHexString(b >> 4) + ".");
        }
        return name.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
    }

    /** What can't be meant. */
    List<String> mistakes() {
        var mistakes = new ArrayList<String>();
        if (!LETTERS.matcher(origin()).matches()) {
            return List.of("a zone can't be called '" + zone + "'");
        }
        seconds("ttl", ttl, mistakes);
        seconds("soa.refresh", soa.refresh, mistakes);
        seconds("soa.retry", soa.retry, mistakes);
        seconds("soa.expire", soa.expire, mistakes);
        seconds("soa.minimum", soa.minimum, mistakes);
        name("soa.primary", soa.primary, mistakes);
        if (!soa.mail.matches("[^@\\s\"();]+@[^@\\s\"();]+|[^@\\s\"();]+")) {
            mistakes.add("soa.mail is '" + soa.mail + "', which is no mail address");
        }
        pointers.forEach(
                (name, addresses) -> each(addresses).stream().filter(address -> Network.parse(address).isEmpty())
                        .forEach(address -> mistakes
                                .add("pointers has " + name + " at '" + address + "', which is no address")));
        List<Entry> entries = entries();
        entries.forEach(entry -> entry(entry, mistakes));
        if (entries.stream().noneMatch(entry -> entry.kind().equals("NS") && whole(entry.name).equals(origin()))) {
            mistakes.add("the zone has no name_servers");
        }
        collisions(entries, mistakes);
        return mistakes;
    }

    /** What each of the records has wrong by itself. */
    List<String> ofRecords() {
        var mistakes = new ArrayList<String>();
        if (LETTERS.matcher(origin()).matches()) {
            records.forEach(entry -> entry(entry, mistakes));
        }
        return mistakes;
    }

    private static void seconds(String where, long seconds, List<String> mistakes) {
        if (seconds < 0 || seconds > LONGEST) {
            mistakes.add(where + " is a number of seconds from 0 to " + LONGEST + ", not " + seconds);
        }
    }

    private void entry(Entry entry, List<String> mistakes) {
        String kind = entry.kind();
        String what = entry.name + " " + kind;
        name(what, entry.name, mistakes);
        String whole = whole(entry.name);
        if (!whole.equals(origin()) && !whole.endsWith("." + origin())) {
            mistakes.add(what + " lies outside of " + origin());
        }
        entry.ttl.ifPresent(seconds -> seconds("the ttl of " + what, seconds, mistakes));
        if (kind.equals("SOA")) {
            mistakes.add(what + " is a second SOA: the zone's own is made of soa");
            return;
        }
        if (!TYPES.contains(kind) && !kind.matches("TYPE\\d+")) {
            mistakes.add(what + ": there is no type " + entry.type + "; there are " + String.join(", ", TYPES));
            return;
        }
        if (Set.of("A", "AAAA", "MX").contains(kind) && !HOST.matcher(host(entry.name)).matches()) {
            mistakes.add(entry.name
                    + " has an address or mail, but is no name of a host: these have letters, digits and hyphens");
        }
        if (entry.values().isEmpty()) {
            mistakes.add(what + " has no value");
        }
        Optional<String> numbered = kind.equals("MX") || kind.equals("SRV")
                ? entry.values().stream().filter(said -> said.matches("\\d+\\s.*")).findFirst()
                : Optional.empty();
        if (numbered.isPresent()) {
            mistakes.add(what + " has '" + numbered.get() + "': the numbers have fields of their own, "
                    + (kind.equals("MX")
                            ? "priority: 10, value: mail"
                            : "priority: 0, weight: 5, port: 5060, value: sip"));
            return;
        }
        if (kind.equals("MX") || kind.equals("SRV")) {
            number("priority", entry.priority, what, mistakes);
        }
        if (kind.equals("SRV")) {
            number("port", entry.port, what, mistakes);
            number("weight", Optional.of(entry.weight), what, mistakes);
        }
        if (kind.equals("CAA") && !entry.tag.orElse("").matches("[a-z0-9]+")) {
            mistakes.add(what + " needs a tag: issue, issuewild or iodef");
        }
        entry.values().forEach(said -> value(what, kind, said, mistakes));
    }

    private static void number(String field, Optional<Integer> value, String what, List<String> mistakes) {
        if (value.isEmpty()) {
            mistakes.add(what + " needs a " + field);
        } else if (value.get() < 0 || value.get() > PORTS) {
            mistakes.add("the " + field + " of " + what + " is a number from 0 to " + PORTS + ", not " + value.get());
        }
    }

    private void value(String what, String kind, String said, List<String> mistakes) {
        Optional<Network> address = said.contains("/") ? Optional.empty() : Network.parse(said);
        switch (kind) {
            case "A" -> {
                if (address.filter(one -> one.bytes().length == 4).isEmpty()) {
                    mistakes.add(what + " is '" + said + "', which is no address: 192.168.10.111 is one, say");
                }
            }
            case "AAAA" -> {
                if (address.filter(one -> one.bytes().length == 16).isEmpty()) {
                    mistakes.add(what + " is '" + said + "', which is no IPv6 address: fd00::1 is one, say");
                }
            }
            default -> {
                if (NAMING.contains(kind)) {
                    if (address.isPresent()) {
                        mistakes.add(what + " is '" + said + "', an address, where a name has to stand");
                    } else {
                        name(what, said, mistakes);
                    }
                } else if (!QUOTED.contains(kind) && said.isBlank()) {
                    mistakes.add(what + " has no value");
                } else if (!QUOTED.contains(kind) && said.contains("\n")) {
                    mistakes.add(what + " has more than a line");
                }
            }
        }
    }

    private void name(String what, String name, List<String> mistakes) {
        String whole = whole(name);
        if (name.equals("@") || name.equals(".")) {
            return;
        }
        if (!LETTERS.matcher(whole).matches() || whole.length() > NAME
                || List.of(whole.split("\\.", -1)).stream().anyMatch(label -> label.length() > LABEL)) {
            mistakes.add(what + " has '" + name + "', which is no name");
        } else if (!name.endsWith(".") && name.toLowerCase(Locale.ROOT).endsWith("." + origin())) {
            mistakes.add(what + " has '" + name + "', which would be " + whole + ": put a dot at its end, or leave "
                    + origin() + " out");
        }
    }

    /** What goes wrong between records that are right each by itself. */
    private void collisions(List<Entry> records, List<String> mistakes) {
        var types = new LinkedHashMap<String, Set<String>>();
        var aliases = new LinkedHashMap<String, Integer>();
        var times = new HashMap<String, Long>();
        var seen = new HashSet<String>();
        for (Entry entry : records) {
            String whole = whole(entry.name);
            types.computeIfAbsent(whole, _ -> new LinkedHashSet<>()).add(entry.kind());
            if (entry.kind().equals("CNAME")) {
                aliases.merge(whole, entry.values().size(), Integer::sum);
            }
            long kept = entry.ttl.orElse(ttl);
            Long other = times.putIfAbsent(whole + " " + entry.kind(), kept);
            if (other != null && other != kept) {
                mistakes.add(entry.name + " " + entry.kind() + " has two times to be kept, " + other + " and " + kept
                        + ": all records of one name and type have the same");
            }
            for (String said : entry.values()) {
                String compared = NAMING.contains(entry.kind()) ? whole(said) : said;
                if (!seen.add(whole + " " + entry.kind() + " " + entry.says(compared))) {
                    mistakes.add(entry.name + " " + entry.kind() + " " + entry.says(said) + " stands twice");
                }
            }
        }
        aliases.forEach((name, count) -> {
            Set<String> all = types.getOrDefault(name, Set.of());
            if (name.equals(origin())) {
                mistakes.add(name + " is an alias (CNAME), and the zone itself, which has other records");
            } else if (all.size() > 1) {
                mistakes.add(name + " is an alias (CNAME), and has other records: "
                        + all.stream().filter(type -> !type.equals("CNAME")).collect(Collectors.joining(", ")));
            } else if (count > 1) {
                mistakes.add(name + " is an alias (CNAME) of several names");
            }
        });
        loops(records, mistakes);
        for (Entry entry : records) {
            if (OF_HOSTS.contains(entry.kind())) {
                entry.values().forEach(said -> host(entry, said, types, mistakes));
            }
        }
    }

    /** Aliases that lead back to themselves. */
    private void loops(List<Entry> records, List<String> mistakes) {
        var targets = new LinkedHashMap<String, String>();
        records.stream().filter(entry -> entry.kind().equals("CNAME"))
                .forEach(entry -> entry.values().forEach(said -> targets.put(whole(entry.name), whole(said))));
        var told = new HashSet<String>();
        for (String first : targets.keySet()) {
            var way = new LinkedHashSet<String>();
            String name = first;
            while (targets.containsKey(name) && way.add(name)) {
                name = targets.getOrDefault(name, "");
            }
            if (name.equals(first) && told.addAll(way)) {
                mistakes.add(String.join(" is an alias of ", way) + " is an alias of " + first);
            }
        }
    }

    private void host(Entry entry, String said, Map<String, Set<String>> types, List<String> mistakes) {
        String target = whole(said);
        Set<String> has = types.getOrDefault(target, Set.of());
        if (!LETTERS.matcher(target).matches() || !target.endsWith("." + origin()) || has.contains("A")
                || has.contains("AAAA") || elsewhere(target, types)) {
            return;
        }
        mistakes.add(entry.name + " " + entry.kind() + " names " + said + ", which "
                + (has.contains("CNAME") ? "is an alias (CNAME)" : "has no address here"));
    }

    /** Whether another zone has the name, or all names above it have an address. */
    private boolean elsewhere(String name, Map<String, Set<String>> types) {
        for (String above = name; above.endsWith("." + origin()); above = above.substring(above.indexOf('.') + 1)) {
            Set<String> wild = types.getOrDefault("*." + above.substring(above.indexOf('.') + 1), Set.of());
            if (wild.contains("A") || wild.contains("AAAA")
                    || (!above.equals(name) && types.getOrDefault(above, Set.of()).contains("NS"))) {
                return true;
            }
        }
        return false;
    }

    private static String host(String name) {
        return name.equals("@") ? "" : name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** The zone without the dot at its end. */
    String origin() {
        return (zone.endsWith(".") ? zone.substring(0, zone.length() - 1) : zone).toLowerCase(Locale.ROOT);
    }

    /** A name as it is in the whole world, without the dot at its end. */
    private String whole(String name) {
        String low = name.toLowerCase(Locale.ROOT);
        return low.equals("@") || low.isEmpty()
                ? origin()
                : low.endsWith(".") ? low.substring(0, low.length() - 1) : low + "." + origin();
    }

    /** The zone's file. */
    String text(long serial) {
        var text = new StringBuilder("; Kept by Bramble: what is changed here is lost with the next run.\n");
        text.append("$ORIGIN ").append(origin()).append(".\n$TTL ").append(ttl).append("\n@ IN SOA ")
                .append(soa.primary).append(' ').append(mailbox()).append(" (\n    ").append(serial)
                .append(SERIAL).append("\n    ").append(soa.refresh).append(" ; refresh\n    ")
                .append(soa.retry).append(" ; retry\n    ").append(soa.expire).append(" ; expire\n    ")
                .append(soa.minimum).append(" ) ; how long it is kept that there is no such name\n");
        for (Entry entry : entries()) {
            for (String said : entry.values()) {
                text.append(entry.name).append(entry.ttl.map(seconds -> " " + seconds).orElse("")).append(" IN ")
                        .append(entry.kind()).append(' ').append(entry.says(said)).append('\n');
            }
        }
        return text.toString();
    }

    private static final String SERIAL = " ; serial";

    /** Whether the file says the same, whatever its serial, and whatever the order of the records. */
    boolean says(String file) {
        return lines(file).equals(lines(text(1)));
    }

    private static List<String> lines(String file) {
        return file.lines().filter(line -> !line.endsWith(SERIAL)).sorted().toList();
    }

    private static final Pattern SOA = Pattern.compile("\\sSOA\\s+\\S+\\s+[^\\s(]+[\\s(]+(\\d{1,10})\\b",
            Pattern.CASE_INSENSITIVE);

    /** The serial of a file, whoever has written it. */
    static Optional<Long> serial(String file) {
        String bare = file.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "\"\"").replaceAll(";[^\\n]*", "");
        Matcher soa = SOA.matcher(bare);
        return soa.find() ? Optional.of(Long.parseLong(soa.group(1)) & 0xffff_ffffL) : Optional.empty();
    }

    /** The mail address as a name: RFC 1035, 8. */
    private String mailbox() {
        int at = soa.mail.indexOf('@');
        return at < 0
                ? soa.mail
                : soa.mail.substring(0, at).replace(".", "\\.") + "." + host(soa.mail.substring(at + 1)) + ".";
    }

    /** Text in quotation marks, in as many pieces as it needs. */
    private static String strings(String said) {
        byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
        var text = new StringBuilder("\"");
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            text.append(i > 0 && i % PIECE == 0 ? "\" \"" : "");
            if (b == '"' || b == '\\') {
                text.append('\\').append((char) b);
            } else if (b < ' ' || b > '~') {
                text.append('\\').append(String.format(Locale.ROOT, "%03d", b));
            } else {
                text.append((char) b);
            }
        }
        return text.append('"').toString();
    }
}
