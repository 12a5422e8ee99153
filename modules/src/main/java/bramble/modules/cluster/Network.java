package bramble.modules.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address with the length of its network's prefix; that of a single address where none is written.
 *
 * @param bytes four of them, or sixteen
 */
record Network(byte[] bytes, int prefix) {
    private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    /** Reads {@code 192.168.188.2/24}, {@code fe80::1}; empty for what is no address. */
    static Optional<Network> parse(String text) {
        String[] parts = text.strip().split("/", 2);
        if (!ADDRESS.matcher(parts[0]).matches()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = InetAddress.getByName(parts[0]).getAddress(); // an address: nobody is asked
            int prefix = parts.length == 1 ? bytes.length * 8 : Integer.parseInt(parts[1]);
            return prefix < 0 || prefix > bytes.length * 8 ? Optional.empty() : Optional.of(new Network(bytes, prefix));
        } catch (UnknownHostException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Whether the other's address lies in this network. */
    boolean holds(Network other) {
        if (bytes.length != other.bytes.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((bytes[bit / 8] & mask) != (other.bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the address is the network's own, with nothing behind its prefix. */
    boolean bare() {
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            if ((bytes[bit / 8] & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether both are the same address, in whatever networks. */
    boolean sameAddress(Network other) {
        return Arrays.equals(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network(byte[] others, int length) && length == prefix && Arrays.equals(others, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) + prefix;
    }
}
