package bramble.modules.facts;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Value;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Network devices, their addresses, and the ones that lead out. */
final class NetworkFacts {
    private static final Pattern ADDRESS = Pattern
            .compile("\\s+inet6? (\\S+?)(?:/(\\d+))?(?: peer \\S+?)?(?: brd (\\S+))?(?: .*)?");
    private static final Pattern DEVICE = Pattern.compile("\\d+: ([^:@]+)[:@].*");
    private static final Pattern IFCONFIG_4 = Pattern
            .compile("\\s+inet addr:(\\S+)\\s+(?:Bcast:(\\S+)\\s+|P-t-P:\\S+\\s+)?Mask:(\\S+).*");

    private final Report report;
    private final Map<String, Map<String, String>> fields = new LinkedHashMap<>();
    private final Map<String, List<String>> bridged = new LinkedHashMap<>();
    private final Map<String, MapValue> devices = new LinkedHashMap<>();

    private NetworkFacts(Report report) {
        this.report = report;
    }

    static MapValue of(Report report) {
        var network = new NetworkFacts(report);
        network.readDevices();
        network.fields.keySet().forEach(name -> network.devices.put(name, network.device(name)));
        if (report.has("addr")) {
            network.addresses();
        } else {
            network.ifconfig();
        }
        return network.facts();
    }

    private void readDevices() {
        Map<String, String> current = new LinkedHashMap<>();
        String device = "";
        for (String line : report.lines("network")) {
            int blank = line.indexOf(' ');
            String key = blank < 0 ? line : line.substring(0, blank);
            String value = blank < 0 ? "" : line.substring(blank + 1).strip();
            switch (key) {
                case "device" -> {
                    device = value;
                    current = new LinkedHashMap<>();
                    fields.put(value, current);
                }
                case "brif" -> bridged.computeIfAbsent(device, _ -> new ArrayList<>()).add(value);
                default -> current.put(key, value);
            }
        }
    }

    private MapValue device(String name) {
        Map<String, String> of = fields.getOrDefault(name, Map.of());
        MapValue facts = MapValue.of("device", name, "active", !of.getOrDefault("operstate", "").equals("down"), "type",
                type(of), "promisc", flag(of.getOrDefault("flags", "0x0"), 0x100));
        String mac = of.getOrDefault("bonding_slave/perm_hwaddr", of.getOrDefault("address", ""));
        if (!mac.isEmpty() && !mac.equals("00:00:00:00:00:00")) {
            facts = facts.with("macaddress", of.getOrDefault("address", mac));
        }
        if (of.getOrDefault("mtu", "").matches("\\d+")) {
            facts = facts.with("mtu", Integer.valueOf(of.getOrDefault("mtu", "0")));
        }
        if (of.getOrDefault("speed", "").matches("-?\\d+")) {
            facts = facts.with("speed", Long.valueOf(of.getOrDefault("speed", "0")));
        }
        for (String link : List.of("pciid", "module")) {
            String target = of.getOrDefault(link, "");
            if (!target.isEmpty()) {
                facts = facts.with(link, target.substring(target.lastIndexOf('/') + 1));
            }
        }
        if (of.containsKey("bridge")) {
            facts = facts.with("interfaces", bridged.getOrDefault(name, List.of())).with("id",
                    of.getOrDefault("bridge/bridge_id", ""))
                    .with("stp", of.getOrDefault("bridge/stp_state", "0").equals("1"));
        }
        if (of.containsKey("bonding/mode")) {
            facts = facts.with("slaves", List.of(of.getOrDefault("bonding/slaves", "").split(" ", -1)))
                    .with("mode", of.getOrDefault("bonding/mode", "").split(" ", -1)[0])
                    .with("miimon", of.getOrDefault("bonding/miimon", "").split(" ", -1)[0])
                    .with("lacp_rate", of.getOrDefault("bonding/lacp_rate", "").split(" ", -1)[0]);
            String primary = of.getOrDefault("bonding/primary", "");
            facts = primary.isEmpty() ? facts : facts.with("primary", primary);
            facts = facts.with("all_slaves_active", of.getOrDefault("bonding/all_slaves_active", "0").equals("1"));
        }
        return facts;
    }

    private static String type(Map<String, String> of) {
        if (of.containsKey("bridge")) {
            return "bridge";
        }
        if (of.containsKey("bonding/mode")) {
            return "bonding";
        }
        return switch (of.getOrDefault("type", "")) {
            case "1" -> "ether";
            case "32" -> "infiniband";
            case "512" -> "ppp";
            case "772" -> "loopback";
            case "65534" -> "tunnel";
            default -> "unknown";
        };
    }

    private static boolean flag(String flags, int bit) {
        return flags.matches("0x[0-9a-fA-F]{1,8}") && (Long.parseLong(flags.substring(2), 16) & bit) != 0;
    }

    /** What {@code ip addr} shows. */
    private void addresses() {
        String device = "";
        for (String line : report.lines("addr")) {
            Matcher head = DEVICE.matcher(line);
            if (head.matches()) {
                device = head.group(1);
                devices.computeIfAbsent(device, this::device);
                continue;
            }
            Matcher address = ADDRESS.matcher(line);
            if (!address.matches()) {
                continue;
            }
            if (line.strip().startsWith("inet6 ")) {
                Matcher scope = Pattern.compile(" scope (\\S+)").matcher(line);
                add6(device, address.group(1), address.group(2) == null ? "128" : address.group(2),
                        scope.find() ? scope.group(1) : "");
            } else {
                String prefix = address.group(2) == null ? "32" : address.group(2);
                String label = line.strip().replaceFirst(".* ", "");
                add4(device, label, address.group(1), Integer.parseInt(prefix),
                        address.group(3) == null ? "" : address.group(3));
            }
        }
    }

    private void add4(String device, String label, String address, int prefix, String broadcast) {
        MapValue ipv4 = MapValue.of("address", address, "broadcast", broadcast, "netmask", mask(prefix), "network",
                network(address, prefix), "prefix", String.valueOf(prefix));
        MapValue facts = devices.getOrDefault(device, MapValue.EMPTY);
        if (facts.get("ipv4").isEmpty()) {
            devices.put(device, facts.with("ipv4", ipv4));
        } else {
            devices.put(device, facts.with("ipv4_secondaries", appended(facts, "ipv4_secondaries", ipv4)));
        }
        if (!label.equals(device) && label.startsWith(device + ":")) {
            devices.put(label, MapValue.of("ipv4", ipv4, "device", label));
        }
    }

    private void add6(String device, String address, String prefix, String scope) {
        MapValue facts = devices.getOrDefault(device, MapValue.EMPTY);
        MapValue ipv6 = MapValue.of("address", address, "prefix", prefix, "scope", scope);
        devices.put(device, facts.with("ipv6", appended(facts, "ipv6", ipv6)));
    }

    private static ListValue appended(MapValue facts, String name, Value item) {
        var items = new ArrayList<Value>(facts.get(name).map(list -> ((ListValue) list).items()).orElse(List.of()));
        items.add(item);
        return new ListValue(items);
    }

    /** BusyBox's ifconfig, for a node that has no ip; IPv6 is in a file of the kernel's. */
    private void ifconfig() {
        String device = "";
        for (String line : report.lines("ifconfig")) {
            if (!line.startsWith(" ") && !line.startsWith("\t")) {
                device = line.split("\\s", 2)[0].replaceFirst(":$", "");
            }
            Matcher address = IFCONFIG_4.matcher(line);
            if (address.matches()) {
                add4(device, device, address.group(1), prefix(address.group(3)),
                        address.group(2) == null ? "" : address.group(2));
            }
        }
        for (String line : report.lines("if_inet6")) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 6) {
                String scope = switch (words[3]) {
                    case "10" -> "host";
                    case "20" -> "link";
                    case "40" -> "site";
                    default -> "global";
                };
                add6(words[5], compressed(words[0]), String.valueOf(Integer.parseInt(words[2], 16)), scope);
            }
        }
    }

    private MapValue facts() {
        MapValue facts = MapValue.EMPTY;
        var all4 = new ArrayList<String>();
        var all6 = new ArrayList<String>();
        for (Map.Entry<String, MapValue> device : devices.entrySet()) {
            facts = facts.with(device.getKey().replace('-', '_'), device.getValue());
            if (!device.getKey().contains(":")) {
                device.getValue().get("ipv4").ifPresent(value -> all4.add(text(value, "address")));
                all(device.getValue(), "ipv4_secondaries").forEach(value -> all4.add(text(value, "address")));
                all(device.getValue(), "ipv6").forEach(value -> all6.add(text(value, "address")));
            }
        }
        all4.removeIf(address -> address.startsWith("127."));
        all6.remove("::1");
        List<String> names = List.copyOf(devices.keySet());
        return facts.with("interfaces", names).with("all_ipv4_addresses", all4).with("all_ipv6_addresses", all6)
                .with("default_ipv4", default4()).with("default_ipv6", default6());
    }

    private static List<Value> all(MapValue device, String name) {
        return device.get(name).map(list -> ((ListValue) list).items()).orElse(List.of());
    }

    private static String text(Value map, String name) {
        return map instanceof MapValue of ? of.get(name).map(Value::toString).orElse("") : "";
    }

    private MapValue default4() {
        Optional<Route> route = Route.of(report.text("route4")).or(this::kernelRoute);
        if (route.isEmpty() || route.get().device.equals("lo")) {
            return MapValue.EMPTY;
        }
        String device = route.get().device;
        MapValue of = devices.getOrDefault(device, MapValue.EMPTY);
        MapValue facts = MapValue.of("interface", device, "alias", device);
        if (!route.get().gateway.isEmpty()) {
            facts = facts.with("gateway", route.get().gateway);
        }
        Optional<Value> first = of.get("ipv4");
        String source = route.get().source.isEmpty()
                ? first.map(value -> text(value, "address")).orElse("")
                : route.get().source;
        var candidates = new ArrayList<Value>();
        first.ifPresent(candidates::add);
        candidates.addAll(all(of, "ipv4_secondaries"));
        facts = facts.with("address", source);
        for (Value candidate : candidates) {
            if (text(candidate, "address").equals(source)) {
                facts = facts.with((MapValue) candidate);
            }
        }
        return with(facts, of, "macaddress", "mtu", "type");
    }

    private MapValue default6() {
        Optional<Route> route = Route.of(report.text("route6"));
        if (route.isEmpty() || route.get().device.equals("lo") || route.get().source.isEmpty()) {
            return MapValue.EMPTY;
        }
        MapValue of = devices.getOrDefault(route.get().device, MapValue.EMPTY);
        MapValue facts = MapValue.of("interface", route.get().device, "address", route.get().source);
        if (!route.get().gateway.isEmpty()) {
            facts = facts.with("gateway", route.get().gateway);
        }
        for (Value candidate : all(of, "ipv6")) {
            if (text(candidate, "address").equals(route.get().source)) {
                facts = facts.with((MapValue) candidate);
            }
        }
        return with(facts, of, "macaddress", "mtu", "type");
    }

    private static MapValue with(MapValue facts, MapValue from, String... names) {
        MapValue all = facts;
        for (String name : names) {
            Optional<Value> value = from.get(name);
            if (value.isPresent()) {
                all = all.with(name, value.get());
            }
        }
        return all;
    }

    /** The way to a far address. */
    private record Route(String device, String gateway, String source) {
        /** From what {@code ip route get} says. */
        static Optional<Route> of(String text) {
            String line = text.lines().findFirst().orElse("");
            String device = after(line, "dev");
            return device.isEmpty() || line.startsWith("unreachable")
                    ? Optional.empty()
                    : Optional.of(new Route(device, after(line, "via"), after(line, "src")));
        }

        private static String after(String line, String word) {
            Matcher found = Pattern.compile("(?:^|\\s)" + word + " (\\S+)").matcher(line);
            return found.find() ? found.group(1) : "";
        }
    }

    /** The default route in the kernel's own table, where addresses are numbers with the lowest byte first. */
    private Optional<Route> kernelRoute() {
        for (String line : report.lines("routes")) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 7 && words[1].equals("00000000") && words[7].equals("00000000")) {
                long gateway = Long.parseLong(words[2], 16);
                String dotted = (gateway & 255) + "." + ((gateway >> 8) & 255) + "." + ((gateway >> 16) & 255) + "."
                        + ((gateway >> 24) & 255);
                return Optional.of(new Route(words[0], gateway == 0 ? "" : dotted, ""));
            }
        }
        return Optional.empty();
    }

    private static String mask(int prefix) {
        return dotted(bits(prefix));
    }

    private static int bits(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    private static String network(String address, int prefix) {
        int number = 0;
        for (String part : address.split("\\.", -1)) {
            number = (number << 8) | (part.matches("\\d{1,3}") ? Integer.parseInt(part) : 0);
        }
        return dotted(number & bits(prefix));
    }

    private static String dotted(int number) {
        return (number >>> 24) + "." + ((number >>> 16) & 255) + "." + ((number >>> 8) & 255) + "." + (number & 255);
    }

    private static int prefix(String mask) {
        int number = 0;
        for (String part : mask.split("\\.", -1)) {
            number = (number << 8) | (part.matches("\\d{1,3}") ? Integer.parseInt(part) : 0);
        }
        return Integer.bitCount(number);
    }

    /** An address of 32 digits in its short form: the longest run of zeros becomes two colons. */
    private static String compressed(String digits) {
        try {
            byte[] bytes = new byte[16];
            for (int i = 0; i < 16; i++) {
                bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
            }
            String full = ":" + InetAddress.getByAddress(bytes).getHostAddress() + ":";
            for (int run = 8; run > 1; run--) {
                String zeros = ":" + "0:".repeat(run);
                int at = full.indexOf(zeros);
                if (at >= 0) {
                    String text = full.substring(0, at) + "::" + full.substring(at + zeros.length());
                    return text.replaceFirst("^:(?!:)", "").replaceFirst("(?<!:):$", "");
                }
            }
            return full.substring(1, full.length() - 1);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
