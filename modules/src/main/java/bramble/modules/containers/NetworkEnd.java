package bramble.modules.containers;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A container's place in a network. */
record NetworkEnd(String ipv4, String ipv6, String mac, List<String> aliases, List<String> links,
        Map<String, String> options) {
    private static final Set<String> KEYS = Set.of("name", "ipv4_address", "ipv6_address", "aliases", "links",
            "driver_opts", "mac_address");

    NetworkEnd {
        aliases = List.copyOf(aliases);
        links = List.copyOf(links);
        options = Map.copyOf(options);
    }

    static NetworkEnd told(Value end) {
        return new NetworkEnd(Tree.text(end, "IPAMConfig", "IPv4Address"), Tree.text(end, "IPAMConfig", "IPv6Address"),
                Tree.text(end, "MacAddress"), Tree.texts(end, "Aliases"), Tree.texts(end, "Links"),
                options(end, "DriverOpts"));
    }

    /** @throws IllegalArgumentException with a sentence, if something can't be understood */
    static NetworkEnd wanted(MapValue given) {
        for (String key : given.byName().keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "Tried to read an item of networks, but it can't have " + key + ": use "
                                + String.join(", ", new java.util.TreeSet<>(KEYS)) + ".");
            }
        }
        if (Tree.given(given, "name").isEmpty()) {
            throw new IllegalArgumentException("Tried to read an item of networks, but it has no name.");
        }
        return new NetworkEnd(Tree.text(given, "ipv4_address"), Tree.text(given, "ipv6_address"),
                Tree.text(given, "mac_address"), Tree.texts(given, "aliases"), Tree.texts(given, "links"),
                options(given, "driver_opts"));
    }

    private static Map<String, String> options(Value tree, String name) {
        var options = new TreeMap<String, String>();
        Tree.map(tree, name).forEach((key, value) -> options.put(key, Tree.text(value)));
        return options;
    }

    /** Whether a place like this is all that is wanted. */
    boolean fits(NetworkEnd wanted) {
        return (wanted.ipv4.isEmpty() || wanted.ipv4.equals(ipv4))
                && (wanted.ipv6.isEmpty() || wanted.ipv6.equals(ipv6))
                && (wanted.mac.isEmpty() || wanted.mac.equalsIgnoreCase(mac)) && aliases.containsAll(wanted.aliases)
                && links.containsAll(wanted.links)
                && options.entrySet().containsAll(wanted.options.entrySet());
    }

    /** The options of {@code docker network connect}. */
    List<String> words() {
        var words = new ArrayList<String>();
        add(words, "--ip", ipv4);
        add(words, "--ip6", ipv6);
        aliases.forEach(alias -> add(words, "--alias", alias));
        links.forEach(link -> add(words, "--link", link));
        options.forEach((name, value) -> add(words, "--driver-opt", name + "=" + value));
        return words;
    }

    /** The options of {@code docker create}, for its first network. */
    List<String> first() {
        var words = new ArrayList<String>();
        add(words, "--ip", ipv4);
        add(words, "--ip6", ipv6);
        add(words, "--mac-address", mac);
        aliases.forEach(alias -> add(words, "--network-alias", alias));
        links.forEach(link -> add(words, "--link", link));
        return words;
    }

    private static void add(List<String> words, String option, String value) {
        if (!value.isEmpty()) {
            words.add(option);
            words.add(value);
        }
    }
}
