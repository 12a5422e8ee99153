package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.Test;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Filters and tests for IP and hardware addresses, of the collection ansible.utils. */
@AutoService(Extensions.class)
public final class NetFilters implements Extensions {
    private static final int MOST_LISTED = 65_536;
    /** What the registry of IPv6 addresses keeps for itself. */
    private static final List<String> RESERVED = List.of("::/8", "100::/8", "200::/7", "400::/6", "800::/5",
            "1000::/4", "4000::/3", "6000::/3", "8000::/3", "a000::/3", "c000::/3", "e000::/4", "f000::/5", "f800::/6",
            "fe00::/9");

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("ipaddr", (input, arguments, at) -> ask(input, query(arguments, at), version(arguments), at)),
                entry("ipv4", (input, arguments, at) -> ask(input, query(arguments, at), 4, at)),
                entry("ipv6", (input, arguments, at) -> ask(input, query(arguments, at), 6, at)),
                entry("ipwrap", NetFilters::wrap),
                entry("ipsubnet", NetFilters::subnet),
                entry("ipmath", NetFilters::math),
                entry("nthhost", (input, arguments, at) -> network(input, at)
                        .map(cidr -> host(cidr, arguments.integer(0, "query"))).orElse(Bool.FALSE)),
                entry("next_nth_usable", (input, arguments, at) -> shifted(input, arguments.integer(0, "offset"), at)),
                entry("previous_nth_usable",
                        (input, arguments, at) -> shifted(input, arguments.integer(0, "offset").negate(), at)),
                entry("network_in_usable",
                        (input, arguments, at) -> Bool.of(inUsable(demand(input, at), other(arguments, at)))),
                entry("network_in_network",
                        (input, arguments, at) -> Bool.of(demand(input, at).contains(other(arguments, at)))),
                entry("reduce_on_network", NetFilters::reduce),
                entry("usable_range", NetFilters::usableRange),
                entry("cidr_merge", NetFilters::merge),
                entry("ip4_hex", NetFilters::hex),
                entry("ipcut", NetFilters::cut),
                entry("ipv6form", NetFilters::form),
                entry("slaac", NetFilters::slaac),
                entry("hwaddr",
                        (input, arguments, at) -> HardwareAddress.ask(at.text(input), arguments.text(0, "query", ""))),
                entry("macaddr",
                        (input, arguments, at) -> HardwareAddress.ask(at.text(input), arguments.text(0, "query", ""))));
    }

    @Override
    public Map<String, Test> tests() {
        return Map.ofEntries(
                entry("ip", is(_ -> true)),
                entry("ip_address", single(_ -> true)),
                entry("ipv4", is(Cidr::v4)),
                entry("ipv6", is(cidr -> !cidr.v4())),
                entry("ipv4_address", single(Cidr::v4)),
                entry("ipv6_address", single(cidr -> !cidr.v4())),
                entry("ipv4_netmask", single(cidr -> cidr.v4() && !cidr.ip().equals(BigInteger.ZERO)
                        && Cidr.parse("0.0.0.0/" + cidr.address()).filter(mask -> mask.netMask().equals(cidr.ip()))
                                .isPresent())),
                entry("ipv4_hostmask", single(cidr -> cidr.v4()
                        && Cidr.parse("0.0.0.0/" + cidr.address()).filter(mask -> mask.hostMask().equals(cidr.ip()))
                                .isPresent())),
                entry("loopback", single(cidr -> cidr.within("127.0.0.0/8") || cidr.within("::1/128"))),
                entry("multicast", single(cidr -> cidr.within("224.0.0.0/4") || cidr.within("ff00::/8"))),
                entry("reserved", single(cidr -> cidr.within("240.0.0.0/4")
                        || (!cidr.v4() && RESERVED.stream().anyMatch(cidr::within)))),
                entry("fqdn_valid", NetFilters::fullName),
                entry("resolvable", (input, _, at) -> resolvable(at.text(input))),
                entry("ipv6_ipv4_mapped", single(cidr -> cidr.within("::ffff:0:0/96"))),
                entry("ipv6_sixtofour", single(cidr -> cidr.within("2002::/16"))),
                entry("ipv6_teredo", single(cidr -> cidr.within("2001::/32"))),
                entry("unspecified", single(cidr -> cidr.ip().signum() == 0)),
                entry("private",
                        single(cidr -> new AddressQueries(cidr, cidr.toString(), true).ask("private") != None.NONE
                                || cidr.within("127.0.0.0/8") || cidr.within("::1/128"))),
                entry("public",
                        single(cidr -> new AddressQueries(cidr, cidr.toString(), true).ask("public") != None.NONE)),
                entry("mac", (input, _, at) -> HardwareAddress.parse(at.text(input)).isPresent()),
                entry("in_network",
                        (input, arguments, at) -> demand(arguments.value(0, "network"), at)
                                .contains(demand(input, at))),
                entry("subnet_of",
                        (input, arguments, at) -> demand(arguments.value(0, "network"), at)
                                .contains(demand(input, at))),
                entry("supernet_of",
                        (input, arguments, at) -> demand(input, at)
                                .contains(demand(arguments.value(0, "network"), at))),
                entry("in_any_network", (input, arguments, at) -> count(input, arguments, at) > 0),
                entry("in_one_network", (input, arguments, at) -> count(input, arguments, at) == 1));
    }

    private static Test is(Predicate<Cidr> wanted) {
        return (input, _, at) -> Cidr.parse(at.text(input)).filter(wanted).isPresent();
    }

    private static Test single(Predicate<Cidr> wanted) {
        return (input, _, at) -> Optional.of(at.text(input)).filter(text -> !text.contains("/")).flatMap(Cidr::parse)
                .filter(wanted)
                .isPresent();
    }

    private static long count(Value input, Arguments arguments, Evaluation evaluation) {
        Cidr cidr = demand(input, evaluation);
        return evaluation.items(arguments.value(0, "networks")).stream()
                .filter(network -> demand(network, evaluation).contains(cidr))
                .count();
    }

    private static String query(Arguments arguments, Evaluation evaluation) {
        return arguments.optional(0, "query").filter(query -> query != None.NONE && query != Bool.FALSE)
                .map(evaluation::text).orElse("");
    }

    private static int version(Arguments arguments) {
        Value version = arguments.value(1, "version", Bool.FALSE);
        return version instanceof Bool || version == None.NONE ? 0 : arguments.integer(1, "version", 0);
    }

    private static Optional<AddressQueries> read(Value value, Evaluation evaluation) {
        if (value instanceof Int(BigInteger number)) {
            return Cidr.of(number).map(cidr -> new AddressQueries(cidr, cidr.toString(), false));
        }
        if (!(value instanceof Text)) {
            return Optional.empty();
        }
        String text = evaluation.text(value);
        boolean number = text.matches("\\d+(/.*)?");
        return Cidr.parse(text)
                .map(cidr -> new AddressQueries(cidr, number ? cidr.toString() : text, text.contains("/")));
    }

    private static Optional<Cidr> network(Value value, Evaluation evaluation) {
        return read(value, evaluation).map(AddressQueries::cidr);
    }

    private static Cidr demand(Value value, Evaluation evaluation) {
        return network(value, evaluation)
                .orElseThrow(
                        () -> new TemplateException("'" + evaluation.text(value) + "' is no IP address or network"));
    }

    private static Cidr other(Arguments arguments, Evaluation evaluation) {
        return demand(arguments.value(0, "test"), evaluation);
    }

    /** @param version 4, 6, or 0 for both; of a list, what gives an answer */
    private static Value ask(Value input, String query, int version, Evaluation evaluation) {
        if (input instanceof ListValue || input instanceof TupleValue) {
            return new ListValue(Python.items(input).stream().map(item -> ask(item, query, version, evaluation))
                    .filter(Python::truth).toList());
        }
        return read(input, evaluation).filter(address -> version == 0 || address.cidr().v4() == (version == 4))
                .map(address -> address.ask(query)).orElse(Bool.FALSE);
    }

    private static Value wrap(Value input, Arguments arguments, Evaluation evaluation) {
        String query = query(arguments, evaluation);
        if (input instanceof ListValue || input instanceof TupleValue) {
            return new ListValue(Python.items(input).stream().map(item -> wrap(item, arguments, evaluation)).toList());
        }
        Value answer = ask(input, query, 0, evaluation);
        if (!Python.truth(answer)) {
            return input;
        }
        Value wrapped = ask(answer, "wrap", 0, evaluation);
        return Python.truth(wrapped) ? wrapped : input;
    }

    private static Value subnet(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("query", "index");
        Optional<AddressQueries> read = read(input, evaluation);
        if (read.isEmpty()) {
            return Bool.FALSE;
        }
        Cidr cidr = read.get().cidr();
        String query = query(arguments, evaluation);
        if (query.isEmpty()) {
            return new Text((cidr.bigger(1) ? cidr.subnet() : cidr).toString());
        }
        Optional<BigInteger> index = arguments.optional(1, "index").filter(value -> value != None.NONE)
                .map(evaluation::text)
                .flatMap(text -> Numbers.whole(text, 10));
        Optional<BigInteger> length = Numbers.whole(query, 10);
        if (length.isEmpty()) {
            return rank(cidr, query);
        }
        int prefix = length.get().intValue();
        if (prefix < 0 || prefix > cidr.bits()) {
            return Bool.FALSE;
        }
        if (prefix < cidr.prefix() && read.get().network()) {
            if (index.isEmpty()) {
                throw new TemplateException("Requested subnet size of " + prefix
                        + " is invalid: the network itself is smaller");
            }
            return index.get().signum() == 0 ? new Text(cidr.text(cidr.network()) + "/" + prefix) : Bool.FALSE;
        }
        boolean inside = read.get().network() && prefix >= cidr.prefix();
        return inside ? part(cidr, prefix, index) : supernet(cidr, prefix, index);
    }

    private static Value part(Cidr cidr, int prefix, Optional<BigInteger> index) {
        BigInteger count = cidr.countOf(prefix);
        if (index.isEmpty()) {
            return new Int(count);
        }
        BigInteger n = index.get().signum() < 0 ? count.add(index.get()) : index.get();
        if (n.signum() < 0 || n.compareTo(count) >= 0) {
            return Bool.FALSE;
        }
        return new Text(
                new Cidr(cidr.bits(), cidr.network().add(n.shiftLeft(cidr.bits() - prefix)), prefix).toString());
    }

    /** Of an address: the network of that prefix length around it, or the n-th of the networks between the two. */
    private static Value supernet(Cidr cidr, int prefix, Optional<BigInteger> index) {
        int count = cidr.prefix() - prefix;
        int n = index.map(BigInteger::intValue).orElse(0);
        int at = n < 0 ? count + n : n;
        if (at < 0 || at >= count) {
            return index.isEmpty() && count == 0 ? new Text(cidr.toString()) : Bool.FALSE;
        }
        return new Text(new Cidr(cidr.bits(), cidr.ip(), prefix + at).subnet().toString());
    }

    /** Which of the networks of its size, counted from 1, this is in a larger one. */
    private static Value rank(Cidr cidr, String query) {
        Cidr whole = Cidr.parse(query)
                .orElseThrow(() -> new TemplateException("You must pass a valid subnet or IP address; " + query
                        + " is invalid"));
        if (!whole.contains(cidr)) {
            throw new TemplateException(cidr + " is not in the subnet " + whole);
        }
        return new Text(cidr.network().subtract(whole.network()).shiftRight(cidr.bits() - cidr.prefix())
                .add(BigInteger.ONE).toString());
    }

    private static Value math(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("amount");
        Cidr cidr = demand(input, evaluation);
        BigInteger sum = cidr.ip().add(arguments.integer(0, "amount"));
        if (sum.signum() < 0 || sum.bitLength() > cidr.bits()) {
            throw new TemplateException(
                    "the result is no address: " + cidr.address() + " and " + arguments.text(0, "amount"));
        }
        return new Text(cidr.text(sum));
    }

    private static Value host(Cidr cidr, BigInteger n) {
        BigInteger address = (n.signum() < 0 ? cidr.last().add(BigInteger.ONE) : cidr.network()).add(n);
        boolean inside = address.compareTo(cidr.network()) >= 0 && address.compareTo(cidr.last()) <= 0;
        return inside ? new Text(cidr.text(address)) : Bool.FALSE;
    }

    private static Value shifted(Value input, BigInteger offset, Evaluation evaluation) {
        Optional<AddressQueries> read = read(input, evaluation).filter(AddressQueries::network);
        if (read.isEmpty()) {
            throw new TemplateException("Not a network address");
        }
        Cidr cidr = read.get().cidr();
        BigInteger address = cidr.ip().add(offset);
        boolean inside = cidr.bigger(1) && address.compareTo(cidr.firstUsable()) >= 0
                && address.compareTo(cidr.lastUsable()) <= 0;
        return inside ? new Text(cidr.text(address)) : None.NONE;
    }

    private static boolean inUsable(Cidr whole, Cidr part) {
        return whole.bits() == part.bits() && part.network().compareTo(whole.firstUsable()) >= 0
                && part.last().compareTo(whole.lastUsable()) <= 0;
    }

    private static Value reduce(Value input, Arguments arguments, Evaluation evaluation) {
        Cidr whole = demand(arguments.value(0, "network"), evaluation);
        return new ListValue(
                evaluation.items(input).stream().filter(item -> whole.contains(demand(item, evaluation))).toList());
    }

    private static Value usableRange(Value input, Arguments arguments, Evaluation evaluation) {
        Cidr cidr = demand(input, evaluation);
        if (cidr.bigger(MOST_LISTED)) {
            throw new TemplateException("usable_range would list more than " + MOST_LISTED + " addresses");
        }
        var addresses = new ArrayList<Value>();
        for (BigInteger i = cidr.network(); i.compareTo(cidr.last()) <= 0; i = i.add(BigInteger.ONE)) {
            addresses.add(new Text(cidr.text(i)));
        }
        return MapValue.of("number_of_ips", addresses.size(), "usable_ips", addresses);
    }

    private static Value merge(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("action");
        List<Cidr> networks = evaluation.items(input).stream().map(item -> demand(item, evaluation)).toList();
        return switch (arguments.text(0, "action", "merge")) {
            case "span" -> span(networks);
            case "merge" -> {
                var merged = new ArrayList<Value>();
                for (int bits : List.of(32, 128)) {
                    joined(networks.stream().filter(network -> network.bits() == bits).toList())
                            .forEach(cidr -> merged.add(new Text(cidr.toString())));
                }
                yield new ListValue(merged);
            }
            default -> throw new TemplateException(
                    "cidr_merge: invalid action '" + arguments.text(0, "action") + "': merge or span");
        };
    }

    private static List<Cidr> joined(List<Cidr> networks) {
        List<Cidr> sorted = networks.stream().sorted(Comparator.comparing(Cidr::network)).toList();
        var merged = new ArrayList<Cidr>();
        for (int i = 0; i < sorted.size();) {
            Cidr first = sorted.get(i);
            BigInteger end = first.last();
            int next = i + 1;
            while (next < sorted.size() && sorted.get(next).network().compareTo(end.add(BigInteger.ONE)) <= 0) {
                end = end.max(sorted.get(next).last());
                next++;
            }
            merged.addAll(Cidr.covering(first.bits(), first.network(), end));
            i = next;
        }
        return merged;
    }

    /** The smallest single network with all of them in it. */
    private static Value span(List<Cidr> networks) {
        if (networks.isEmpty()) {
            return None.NONE;
        }
        Cidr first = networks.getFirst();
        int prefix = first.prefix();
        while (prefix > 0 && !networks.stream().allMatch(new Cidr(first.bits(), first.ip(), prefix)::contains)) {
            prefix--;
        }
        return new Text(new Cidr(first.bits(), first.ip(), prefix).subnet().toString());
    }

    private static Value hex(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("delimiter");
        String digits = String.format(Locale.ROOT, "%08x", demand(input, evaluation).ip().longValue());
        return new Text(String.join(arguments.text(0, "delimiter", ""), digits.substring(0, 2), digits.substring(2, 4),
                digits.substring(4, 6), digits.substring(6)));
    }

    /** The first so many bits of an address, or, where the number is negative, the last. */
    private static Value cut(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("amount");
        Cidr cidr = demand(input, evaluation);
        int amount = arguments.integer(0, "amount", 0);
        int unit = cidr.v4() ? 8 : 16;
        if (Math.abs((long) amount) > cidr.bits() || amount % unit != 0) {
            throw new TemplateException(
                    "ipcut takes a multiple of " + unit + " up to " + cidr.bits() + ", not " + amount);
        }
        int from = amount < 0 ? cidr.bits() + amount : 0;
        int to = amount < 0 ? cidr.bits() : amount;
        var parts = new ArrayList<String>();
        for (int bit = from; bit < to; bit += unit) {
            int part = cidr.ip().shiftRight(cidr.bits() - bit - unit).intValue() & ((1 << unit) - 1);
            parts.add(cidr.v4() ? String.valueOf(part) : Integer.toHexString(part));
        }
        return new Text(String.join(cidr.v4() ? "." : ":", parts));
    }

    /** An IPv6 address in the short form, with all zeros, or as certificates have it: without leading ones. */
    private static Value form(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("format");
        Cidr cidr = demand(input, evaluation);
        if (cidr.v4()) {
            throw new TemplateException(cidr.address() + " is no IPv6 address");
        }
        var parts = new ArrayList<String>();
        for (int bit = 112; bit >= 0; bit -= 16) {
            parts.add(Integer.toHexString(cidr.ip().shiftRight(bit).intValue() & 0xffff));
        }
        return new Text(switch (arguments.text(0, "format", "")) {
            case "compress" -> cidr.address();
            case "expand" ->
                String.join(":", parts.stream().map(part -> "0".repeat(4 - part.length()) + part).toList());
            case "x509" -> String.join(":", parts);
            case String other -> throw new TemplateException(bramble.problem.Source.NONE,
                    "ipv6form: there is no form \"" + other + "\"", "Known are compress, expand and x509.");
        });
    }

    /** Whether a text can be the full name of a host. */
    private static boolean fullName(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("min_labels", "allow_underscores");
        String name = evaluation.text(input).replaceFirst("\\.$", "");
        String more = arguments.bool(1, "allow_underscores", false) ? "_" : "";
        String label = "[A-Za-z0-9" + more + "](?:[A-Za-z0-9" + more + "-]{0,61}[A-Za-z0-9" + more + "])?";
        String[] labels = name.split("\\.", -1);
        return name.length() <= 253 && labels.length >= arguments.integer(0, "min_labels", 1)
                && java.util.Arrays.stream(labels).allMatch(part -> part.matches(label))
                && !labels[labels.length - 1].matches("\\d+");
    }

    private static boolean resolvable(String name) {
        try {
            return !InetAddress.getByName(name).getHostAddress().isEmpty();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    /** The address that a host with this hardware address gives itself in an IPv6 network. */
    private static Value slaac(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("query");
        Optional<Cidr> cidr = network(input, evaluation).filter(network -> !network.v4());
        Optional<Long> mac = HardwareAddress.parse(arguments.text(0, "query", ""));
        if (cidr.isEmpty() || mac.isEmpty()) {
            return Bool.FALSE;
        }
        long high = mac.get() >> 24 ^ 0x020000;
        BigInteger identifier = BigInteger.valueOf(high).shiftLeft(40)
                .or(BigInteger.valueOf(0xfffeL << 24 | (mac.get() & 0xffffff)));
        return new Text(cidr.get().text(cidr.get().network().or(identifier)));
    }
}
