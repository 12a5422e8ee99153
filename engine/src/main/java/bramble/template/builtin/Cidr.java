package bramble.template.builtin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An IP address with the length of its network's prefix.
 *
 * @param bits 32 for IPv4, 128 for IPv6
 */
record Cidr(int bits, BigInteger ip, int prefix) {
    private static final BigInteger MAPPED = BigInteger.valueOf(0xffff);

    /** Reads {@code 192.0.2.1}, {@code 192.0.2.0/24}, {@code 192.0.2.0/255.255.255.0}, {@code 2001:db8::/32} or a number. */
    static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        Optional<Cidr> address = address(slash < 0 ? text : text.substring(0, slash));
        return slash < 0 ? address : address.flatMap(cidr -> cidr.withPrefix(text.substring(slash + 1)));
    }

    private Optional<Cidr> withPrefix(String text) {
        if (text.matches("\\d{1,3}")) {
            int length = Integer.parseInt(text);
            return length <= bits ? Optional.of(new Cidr(bits, ip, length)) : Optional.empty();
        }
        return v4(text).filter(_ -> bits == 32).or(() -> v6(text).filter(_ -> bits == 128)).flatMap(mask -> {
            int ones = mask.bitCount();
            BigInteger asMask = all(bits).xor(all(bits - ones));
            boolean inverted = mask.equals(all(ones)) && !mask.equals(asMask);
            return mask.equals(asMask)
                    ? Optional.of(new Cidr(bits, ip, ones))
                    : inverted ? Optional.of(new Cidr(bits, ip, bits - ones)) : Optional.empty();
        });
    }

    private static Optional<Cidr> address(String text) {
        if (text.matches("\\d{1,39}")) {
            return of(new BigInteger(text));
        }
        return v4(text).map(ip -> new Cidr(32, ip, 32)).or(() -> v6(text).map(ip -> new Cidr(128, ip, 128)));
    }

    /** The address with that number: IPv4 if it is small enough. */
    static Optional<Cidr> of(BigInteger number) {
        int bits = number.bitLength() <= 32 ? 32 : 128;
        return number.signum() < 0 || number.bitLength() > bits
                ? Optional.empty()
                : Optional.of(new Cidr(bits, number, bits));
    }

    private static Optional<BigInteger> v4(String text) {
        if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return Optional.empty();
        }
        long number = 0;
        for (String part : text.split("\\.", -1)) {
            int octet = Integer.parseInt(part);
            if (octet > 255) {
                return Optional.empty();
            }
            number = number << 8 | octet;
        }
        return Optional.of(BigInteger.valueOf(number));
    }

    private static Optional<BigInteger> v6(String text) {
        int gap = text.indexOf("::");
        if (!text.contains(":") || (gap >= 0 && text.indexOf("::", gap + 1) >= 0)) {
            return Optional.empty();
        }
        Optional<List<Integer>> head = groups(gap < 0 ? text : text.substring(0, gap));
        Optional<List<Integer>> tail = gap < 0 ? Optional.of(List.of()) : groups(text.substring(gap + 2));
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int missing = 8 - head.get().size() - tail.get().size();
        if (gap < 0 ? missing != 0 : missing < 1) {
            return Optional.empty();
        }
        var all = new ArrayList<Integer>(head.get());
        for (int i = 0; i < missing; i++) {
            all.add(0);
        }
        all.addAll(tail.get());
        BigInteger number = BigInteger.ZERO;
        for (int group : all) {
            number = number.shiftLeft(16).or(BigInteger.valueOf(group));
        }
        return Optional.of(number);
    }

    private static Optional<List<Integer>> groups(String text) {
        var groups = new ArrayList<Integer>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            Optional<BigInteger> dotted = i == parts.length - 1 ? v4(parts[i]) : Optional.empty();
            if (dotted.isPresent()) {
                groups.add(dotted.get().shiftRight(16).intValue());
                groups.add(dotted.get().and(MAPPED).intValue());
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                groups.add(Integer.parseInt(parts[i], 16));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(groups);
    }

    static BigInteger all(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    boolean v4() {
        return bits == 32;
    }

    BigInteger size() {
        return BigInteger.ONE.shiftLeft(bits - prefix);
    }

    /** Whether there are more than so many addresses. */
    boolean bigger(int count) {
        return size().compareTo(BigInteger.valueOf(count)) > 0;
    }

    BigInteger hostMask() {
        return all(bits - prefix);
    }

    BigInteger netMask() {
        return all(bits).xor(hostMask());
    }

    BigInteger network() {
        return ip.and(netMask());
    }

    BigInteger last() {
        return ip.or(hostMask());
    }

    /** The first address that a host may have: after the network's own, where there are more than two. */
    BigInteger firstUsable() {
        return bigger(2) ? network().add(BigInteger.ONE) : network();
    }

    BigInteger lastUsable() {
        return bigger(2) ? last().subtract(BigInteger.ONE) : last();
    }

    /** How many addresses hosts may have. */
    BigInteger usable() {
        return bigger(2) ? size().subtract(BigInteger.TWO) : bigger(1) ? size() : BigInteger.ZERO;
    }

    boolean isNetwork() {
        return ip.equals(network());
    }

    boolean contains(Cidr other) {
        return bits == other.bits && network().compareTo(other.network()) <= 0 && last().compareTo(other.last()) >= 0;
    }

    boolean within(String network) {
        return parse(network).orElseThrow().contains(this);
    }

    Cidr at(BigInteger address) {
        return new Cidr(bits, address, prefix);
    }

    Cidr subnet() {
        return at(network());
    }

    String text(BigInteger address) {
        return v4() ? dotted(address) : colons(address);
    }

    String address() {
        return text(ip);
    }

    @Override
    public String toString() {
        return address() + "/" + prefix;
    }

    private static String dotted(BigInteger address) {
        long number = address.longValue();
        return (number >> 24 & 255) + "." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }

    /** The form of RFC 5952: the longest run of zeros is left out; mapped and compatible IPv4 addresses are dotted. */
    private static String colons(BigInteger address) {
        BigInteger high = address.shiftRight(32);
        boolean compatible = high.signum() == 0 && address.bitLength() > 16;
        if (high.equals(MAPPED) || compatible) {
            return (compatible ? "::" : "::ffff:") + dotted(address.and(all(32)));
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = address.shiftRight(16 * (7 - i)).and(MAPPED).intValue();
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** The name under which the address is found in reverse DNS. */
    String reverseName() {
        var name = new StringBuilder();
        if (v4()) {
            long number = ip.longValue();
            for (int i = 0; i < 4; i++) {
                name.append((number >> (8 * i)) & 255).append('.');
            }
            return name + "in-addr.arpa.";
        }
        for (int i = 0; i < 32; i++) {
            name.append(Integer.toHexString(ip.shiftRight(4 * i).intValue() & 15)).append('.');
        }
        return name + "ip6.arpa.";
    }

    /** The networks of a prefix length that this one is made of, counted. */
    BigInteger countOf(int length) {
        return BigInteger.ONE.shiftLeft(length - prefix);
    }

    /** The fewest networks that make up a range of addresses. */
    static List<Cidr> covering(int bits, BigInteger from, BigInteger to) {
        var parts = new ArrayList<Cidr>();
        BigInteger start = from;
        while (start.compareTo(to) <= 0) {
            int free = start.signum() == 0 ? bits : Math.min(bits, start.getLowestSetBit());
            while (start.add(all(free)).compareTo(to) > 0) {
                free--;
            }
            parts.add(new Cidr(bits, start, bits - free));
            start = start.add(BigInteger.ONE.shiftLeft(free));
        }
        return parts;
    }
}
