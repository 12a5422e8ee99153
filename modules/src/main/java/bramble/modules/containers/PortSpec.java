package bramble.modules.containers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports of a container that can be reached from outside: {@code [[address:]port[-port]:]port[-port][/protocol]}.
 *
 * @param address the node's address; empty for all
 * @param outside the node's port; empty for any that is free
 * @param inside {@code 80/tcp}
 */
record PortSpec(String address, String outside, String inside) {
    private static final Pattern FORM = Pattern
            .compile(
                    "(?:(?:(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]*):)?([0-9]*(?:-[0-9]+)?):)?([0-9]+(?:-[0-9]+)?)(?:/(\\w+))?");

    /** @throws IllegalArgumentException with a sentence, if the text is no such thing */
    static List<PortSpec> of(String text, String usual) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Tried to read the port " + text
                    + ", but it isn't of the form [[address:]port:]port[/protocol].");
        }
        String protocol = parts.group(4) == null ? "tcp" : parts.group(4);
        String address = parts.group(1) == null || parts.group(1).isEmpty()
                ? usual
                : parts.group(1).replaceAll("[\\[\\]]", "");
        List<String> inside = range(parts.group(3));
        List<String> outside = parts.group(2) == null || parts.group(2).isEmpty()
                ? List.of()
                : range(parts.group(2));
        boolean anyOf = inside.size() == 1 && outside.size() > 1;
        if (!outside.isEmpty() && !anyOf && outside.size() != inside.size()) {
            throw new IllegalArgumentException("Tried to read the ports " + text
                    + ", but the two ranges are not of the same length.");
        }
        var all = new ArrayList<PortSpec>();
        for (int i = 0; i < inside.size(); i++) {
            String end = outside.isEmpty() ? "" : anyOf ? String.valueOf(parts.group(2)) : outside.get(i);
            all.add(new PortSpec(address, end, inside.get(i) + "/" + protocol));
        }
        return all;
    }

    private static List<String> range(String text) {
        String[] ends = text.split("-", 2);
        var all = new ArrayList<String>();
        for (int port = Integer.parseInt(ends[0]); port <= Integer.parseInt(ends[ends.length - 1]); port++) {
            all.add(String.valueOf(port));
        }
        return all;
    }

    /** {@code address:port} as it is compared. */
    static String end(String address, String port) {
        return (address.isEmpty() ? "0.0.0.0" : address) + ":" + port;
    }

    /** As docker takes it. */
    String word() {
        String where = address.contains(":") ? "[" + address + "]" : address;
        return (where.isEmpty() ? "" : where + ":") + (outside.isEmpty() && where.isEmpty() ? "" : outside + ":")
                + inside;
    }
}
