package bramble.modules.keys;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of what a certificate speaks of (RFC 5280, section 4.2.1.6): {@code DNS:www.example.org}, {@code IP:10.0.0.1}. */
final class GeneralName {
    private static final Pattern OTHER = Pattern.compile("([012](?:\\.\\d+)+);UTF8:(.*)");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s*([^=]+?)\\s*=\\s*(.*)");

    private GeneralName() {}

    /**
     * A name.
     *
     * @param what what it is a name of, for the message
     * @throws IllegalArgumentException with a sentence, if it can't be understood
     */
    static byte[] encoded(String name, String what) {
        String value = value(name);
        return switch (kind(name)) {
            case "IP" -> Der.value(0x87, address(name, value, what));
            default -> other(name, value, what);
        };
    }

    /** A name with all names below it: {@code DNS:.example.org}, {@code IP:10.0.0.0/8}. */
    static byte[] subtree(String name) {
        String what = "Name Constraint";
        String value = value(name);
        if (!kind(name).equals("IP")) {
            return other(name, value, what);
        }
        String[] parts = value.split("/", 2);
        byte[] address = address(name, parts[0], what);
        int bits = parts.length == 1 ? address.length * 8 : bits(name, parts[1], address.length * 8);
        byte[] mask = new byte[address.length];
        for (int i = 0; i < bits; i++) {
            mask[i / 8] |= (byte) (0x80 >> (i % 8));
        }
        for (int i = 0; i < mask.length; i++) {
            address[i] &= mask[i];
        }
        return Der.value(0x87, address, mask);
    }

    private static int bits(String name, String text, int most) {
        if (text.matches("\\d{1,3}") && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("Cannot parse Name Constraint \"" + name
                + "\": behind the slash stands how many bits the network has, as in IP:10.0.0.0/8");
    }

    private static String kind(String name) {
        return name.substring(0, Math.max(0, name.indexOf(':')));
    }

    private static String value(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    private static byte[] other(String name, String value, String what) {
        return switch (kind(name)) {
            case "DNS" -> Der.value(0x82, value.getBytes(StandardCharsets.UTF_8));
            case "email" -> Der.value(0x81, value.getBytes(StandardCharsets.UTF_8));
            case "URI" -> Der.value(0x86, value.getBytes(StandardCharsets.UTF_8));
            case "RID" -> Der.value(0x88, Der.of(Der.oid(value)).content());
            case "dirName" -> Der.context(4, true, directory(name, value, what));
            case "otherName" -> {
                Matcher parts = OTHER.matcher(value);
                if (!parts.matches()) {
                    throw new IllegalArgumentException("Cannot parse " + what + " \"" + name
                            + "\": it is of the form otherName:1.3.6.1.4.1.311.20.2.3;UTF8:text");
                }
                yield Der.context(0, true, Der.oid(parts.group(1)),
                        Der.context(0, true, Der.text(Der.UTF8, parts.group(2))));
            }
            default -> throw new IllegalArgumentException("Cannot parse " + what + " \"" + name
                    + "\" (it begins with DNS:, IP:, email:, URI:, RID:, dirName: or otherName:)");
        };
    }

    /** {@code /C=AU/CN=node1}, {@code C=AU,CN=node1}. */
    private static byte[] directory(String name, String value, String what) {
        var parts = new ArrayList<DistinguishedName.Part>();
        String[] all = value.startsWith("/") ? value.substring(1).split("/", -1) : value.split(",", -1);
        for (String one : all) {
            Matcher attribute = ATTRIBUTE.matcher(one);
            Optional<String> number = attribute.matches()
                    ? DistinguishedName.number(attribute.group(1))
                    : Optional.empty();
            if (number.isEmpty()) {
                throw new IllegalArgumentException("Cannot parse " + what + " \"" + name
                        + "\": it is of the form dirName:/C=AU/CN=node1");
            }
            parts.add(new DistinguishedName.Part(number.get(), attribute.group(2)));
        }
        return new DistinguishedName(parts).encoded();
    }

    private static byte[] address(String name, String text, String what) {
        try {
            return InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Cannot parse " + what + " \"" + name + "\": that is no address", e);
        }
    }
}
