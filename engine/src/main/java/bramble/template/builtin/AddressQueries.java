package bramble.template.builtin;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.template.TemplateException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/**
 * The questions that the filter {@code ipaddr} answers.
 *
 * @param text as the user gave it; a number as the address it stands for
 * @param network whether it was given with a prefix length
 */
record AddressQueries(Cidr cidr, String text, boolean network) {
    private static final List<String> NAMES = List.of("address", "address/prefix", "bool", "broadcast", "cidr",
            "first_usable",
            "gateway", "gw", "host", "host/prefix", "hostmask", "hostnet", "int", "ip", "ip/prefix", "ip_netmask",
            "ip_wildcard",
            "ipv4", "ipv6", "last_usable", "link-local", "lo", "loopback", "multicast", "net", "netmask", "network",
            "network_id",
            "network/prefix", "network_netmask", "network_wildcard", "next_usable", "peer", "prefix", "previous_usable",
            "private", "public", "range_usable", "revdns", "router", "size", "size_usable", "subnet", "type", "unicast",
            "version",
            "wildcard", "wrap", "6to4", "v4", "v6");
    private static final List<String> PRIVATE = List.of("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12",
            "192.168.0.0/16",
            "198.18.0.0/15", "fc00::/7", "fec0::/10");

    Value ask(String query) {
        return switch (query) {
            case "" -> new Text(network ? cidr.toString() : cidr.address());
            case "bool" -> Bool.TRUE;
            case "address", "ip" -> given(!cidr.bigger(2) || !cidr.v4() || !cidr.isNetwork(), cidr.address());
            case "address/prefix", "gateway", "gw", "host/prefix", "hostnet", "router" ->
                endOfNetwork() ? Bool.FALSE : new Text(cidr.toString());
            case "ip/prefix" -> given(ofHost(), cidr.toString());
            case "ip_netmask" -> given(ofHost(), cidr.address() + " " + cidr.text(cidr.netMask()));
            case "ip_wildcard" -> given(ofHost(), cidr.address() + " " + cidr.text(cidr.hostMask()));
            case "host" -> given(!cidr.bigger(1) || ofHost(), cidr.toString());
            case "cidr" -> new Text(cidr.toString());
            case "broadcast" -> given(cidr.bigger(2), cidr.text(cidr.last()));
            case "netmask" -> new Text(cidr.text(cidr.netMask()));
            case "hostmask", "wildcard" -> new Text(cidr.text(cidr.hostMask()));
            case "network", "network_id" -> new Text(cidr.text(cidr.network()));
            case "network/prefix", "subnet" -> new Text(cidr.subnet().toString());
            case "network_netmask" -> new Text(cidr.text(cidr.network()) + " " + cidr.text(cidr.netMask()));
            case "network_wildcard" -> new Text(cidr.text(cidr.network()) + " " + cidr.text(cidr.hostMask()));
            case "net" -> given(cidr.bigger(1) && cidr.isNetwork(), cidr.toString());
            case "prefix" -> Int.of(cidr.prefix());
            case "size" -> new Int(cidr.size());
            case "size_usable" -> new Int(cidr.usable());
            case "int" -> network ? new Text(cidr.ip() + "/" + cidr.prefix()) : new Int(cidr.ip());
            case "revdns" -> new Text(cidr.reverseName());
            case "type" -> new Text(cidr.bigger(1) && cidr.isNetwork() ? "network" : "address");
            case "version" -> Int.of(cidr.v4() ? 4 : 6);
            case "wrap" -> new Text(wrapped());
            case "ipv4", "v4" -> v4();
            case "ipv6", "v6" -> v6();
            case "6to4" -> sixToFour();
            case "link-local" -> given(linkLocal(), text);
            case "loopback", "lo" -> given(loopback(), text);
            case "multicast" -> given(multicast(), text);
            case "unicast" -> given(!multicast(), text);
            case "private" -> given(isPrivate(), text);
            case "public" -> given(!isPrivate() && !multicast() && !loopback(), text);
            case "first_usable" -> usable(cidr.firstUsable());
            case "last_usable" -> usable(cidr.lastUsable());
            case "next_usable" -> usable(cidr.ip().add(BigInteger.ONE));
            case "previous_usable" -> usable(cidr.ip().subtract(BigInteger.ONE));
            case "range_usable" -> {
                demandNetwork();
                yield given(cidr.bigger(1), cidr.text(cidr.firstUsable()) + "-" + cidr.text(cidr.lastUsable()));
            }
            case "peer" -> peer();
            default -> Numbers.whole(query, 10).map(this::nth)
                    .or(() -> Cidr.parse(query).map(range -> given(range.contains(cidr), text)))
                    .orElseThrow(() -> new TemplateException(Source.NONE, "ipaddr: unknown filter type: " + query,
                            Nearest.hint(query, NAMES)));
        };
    }

    private static Value given(boolean holds, String answer) {
        return holds ? new Text(answer) : None.NONE;
    }

    /** Whether this is an address in a network, not the network itself. */
    private boolean ofHost() {
        return cidr.bigger(1) && (!cidr.isNetwork() || !cidr.bigger(2));
    }

    private boolean endOfNetwork() {
        return cidr.bigger(2) && (cidr.isNetwork() || cidr.ip().equals(cidr.last()));
    }

    private void demandNetwork() {
        if (!network) {
            throw new TemplateException("Not a network address");
        }
    }

    private Value usable(BigInteger address) {
        demandNetwork();
        boolean inside = cidr.bigger(1) && address.compareTo(cidr.firstUsable()) >= 0
                && address.compareTo(cidr.lastUsable()) <= 0;
        return inside ? new Text(cidr.text(address)) : None.NONE;
    }

    private Value peer() {
        demandNetwork();
        if (cidr.size().equals(BigInteger.TWO)) {
            return new Text(cidr.text(cidr.ip().flipBit(0)));
        }
        if (!cidr.size().equals(BigInteger.valueOf(4))) {
            throw new TemplateException("Not a point-to-point network");
        }
        if (endOfNetwork()) {
            throw new TemplateException(
                    (cidr.isNetwork() ? "Network" : "Broadcast") + " address of " + cidr.subnet() + " has no peer");
        }
        return new Text(cidr.text(cidr.ip().xor(BigInteger.valueOf(3))));
    }

    /** The n-th address of the network, from the end where n is negative. */
    Value nth(BigInteger n) {
        if (!network) {
            return new Text(cidr.address());
        }
        if (!cidr.bigger(1)) {
            return new Text(cidr.toString());
        }
        BigInteger address = (n.signum() < 0 ? cidr.last().add(BigInteger.ONE) : cidr.network()).add(n);
        boolean inside = address.compareTo(cidr.network()) >= 0 && address.compareTo(cidr.last()) <= 0;
        return inside ? new Text(cidr.at(address).toString()) : Bool.FALSE;
    }

    private Value v4() {
        if (cidr.v4()) {
            return new Text(text);
        }
        BigInteger high = cidr.ip().shiftRight(32);
        boolean embedded = cidr.prefix() >= 96 && (high.signum() == 0 || high.equals(BigInteger.valueOf(0xffff)));
        return embedded
                ? new Text(new Cidr(32, cidr.ip().and(Cidr.all(32)), cidr.prefix() - 96).toString())
                : Bool.FALSE;
    }

    private Value v6() {
        return new Text(cidr.v4()
                ? new Cidr(128, cidr.ip().or(BigInteger.valueOf(0xffff).shiftLeft(32)), cidr.prefix() + 96).toString()
                : text);
    }

    private Value sixToFour() {
        if (!cidr.v4()) {
            return cidr.within("2002::/16") ? new Text(text) : Bool.FALSE;
        }
        boolean host = !cidr.bigger(1) || !cidr.isNetwork();
        if (!host || multicast() || loopback()) {
            return Bool.FALSE;
        }
        String digits = String.format(Locale.ROOT, "%08x", cidr.ip().longValue());
        return new Text("2002:" + digits.substring(0, 4) + ":" + digits.substring(4) + "::1/48");
    }

    String wrapped() {
        if (cidr.v4()) {
            return text;
        }
        return "[" + cidr.address() + "]" + (network ? "/" + cidr.prefix() : "");
    }

    private boolean multicast() {
        return cidr.within("224.0.0.0/4") || cidr.within("ff00::/8");
    }

    private boolean loopback() {
        return cidr.within("127.0.0.0/8") || cidr.within("::1/128");
    }

    private boolean linkLocal() {
        return cidr.within("169.254.0.0/16") || cidr.within("fe80::/10");
    }

    private boolean isPrivate() {
        return linkLocal() || PRIVATE.stream().anyMatch(cidr::within);
    }
}
