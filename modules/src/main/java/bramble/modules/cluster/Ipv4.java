package bramble.modules.cluster;

import java.util.Optional;

/** Addresses of IPv4 as numbers, so that they can be counted and compared. */
final class Ipv4 {
    private static final int BITS = 32;
    private static final int SMALLEST = 30; // in a longer prefix's network each address is a host's

    private Ipv4() {}

    /** Addresses that follow each other, both ends among them. */
    record Range(long first, long last) {
        boolean holds(long address) {
            return first <= address && address <= last;
        }

        boolean holds(Range other) {
            return first <= other.first && other.last <= last;
        }

        boolean meets(Range other) {
            return first <= other.last && other.first <= last;
        }

        long size() {
            return last - first + 1;
        }

        /** Those of a network that hosts can have. */
        Range usable() {
            return size() < 1L << (BITS - SMALLEST) ? this : new Range(first + 1, last - 1);
        }

        /** The mask of the network. */
        String mask() {
            return Ipv4.text((1L << BITS) - size());
        }
    }

    static long number(byte[] four) {
        long number = 0;
        for (byte one : four) {
            number = (number << 8) | (one & 0xff);
        }
        return number;
    }

    static String text(long number) {
        return (number >> 24 & 0xff) + "." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
    }

    /** Reads an address without a prefix; empty for anything else. */
    static Optional<Long> number(String text) {
        return text.contains("/")
                ? Optional.empty()
                : Network.parse(text).filter(one -> one.bytes().length == 4).map(one -> number(one.bytes()));
    }

    /** Reads {@code 192.168.10.200-192.168.10.240}, or one address. */
    static Optional<Range> range(String text) {
        String[] ends = text.split("-", 2);
        Optional<Long> first = number(ends[0].strip());
        Optional<Long> last = number(ends[ends.length - 1].strip());
        return first.isPresent() && last.isPresent()
                ? Optional.of(new Range(first.get(), last.get()))
                : Optional.empty();
    }

    /** Reads {@code 192.168.10.0/24}; empty where it isn't the network's own address that stands there. */
    static Optional<Range> network(String text) {
        return whole(text)
                .filter(range -> number(text.strip().replaceFirst("/.*", "")).equals(Optional.of(range.first)));
    }

    /** The network that {@code 192.168.10.7/24} is in, as it is written. */
    static Optional<String> around(String text) {
        return whole(text).map(range -> text(range.first) + text.strip().replaceFirst("[^/]*", ""));
    }

    private static Optional<Range> whole(String text) {
        return Network.parse(text).filter(one -> one.bytes().length == 4 && text.contains("/")).map(one -> {
            long size = 1L << (BITS - one.prefix());
            long first = number(one.bytes()) / size * size;
            return new Range(first, first + size - 1);
        });
    }
}
