package bramble.cli;

import bramble.image.BootSettings;
import bramble.image.FirstBoot;
import bramble.image.FirstBoot.Address;
import bramble.image.FirstBoot.HostKey;
import bramble.image.FirstBoot.User;
import bramble.image.FirstBoot.Wifi;
import bramble.image.Format;
import bramble.inventory.Inventory;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Secrets;
import bramble.value.Text;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What the inventory says of a node's first start: the variables of the roles, where they mean the same, and {@code image_...}.
 * All that is wrong with them is told at once.
 */
final class NodeVariables {
    /** What stands before the names of variables that only images have. */
    private static final String OWN = "image_";
    private static final Set<String> OF_IMAGES = Set.of("image_user", "image_password", "image_keys",
            "image_password_authentication", "image_address", "image_gateway", "image_nameservers", "image_search",
            "image_interface", "image_wifi_ssid", "image_wifi_password", "image_wifi_country", "image_wifi_hidden",
            "image_keyboard", "image_host_key", "image_host_ca", "image_format");
    private static final Set<String> OF_ROLES = Set.of("ansible_host", "ansible_user", "ansible_ssh_user",
            "hostname_name", "users_list", "users_sudo_nopasswd", "locale_default", "timezone_name",
            "sshd_password_authentication", "boot_config_settings", "boot_config_dtparam", "boot_config_dtoverlay",
            "boot_config_cmdline", "boot_config_power_button", "boot_config_power_button_debounce");
    private static final int BYTES_OF_PSK = 32;

    /** A line of authorized_keys: options, the kind, the key, a comment. */
    private static final Pattern KEY = Pattern
            .compile("(\\S.*\\s)?(ssh-|ecdsa-|sk-)[a-z0-9@.-]+\\s+AAAA[A-Za-z0-9+/]+=*(\\s.*)?");

    private final String node;
    private final MapValue values;
    private final Inventory inventory;
    private final Secrets secrets;
    private final List<Problem> mistakes = new ArrayList<>();

    /** @param values evaluated already */
    NodeVariables(String node, MapValue values, Inventory inventory, Secrets secrets) {
        this.node = node;
        this.values = values;
        this.inventory = inventory;
        this.secrets = secrets;
    }

    /** Whether a variable matters here, or looks as if it was meant to. */
    static boolean wanted(String name) {
        return OF_ROLES.contains(name) || name.startsWith(OWN);
    }

    /** Tells of names that are nearly those of variables that matter. */
    void warn(Consumer<Problem> told) {
        for (String name : values.byName().keySet()) {
            Optional<String> meant = Nearest.to(name, OF_IMAGES, 2);
            if (name.startsWith(OWN) && !OF_IMAGES.contains(name) && meant.isPresent()) {
                told.accept(Problem.warning(place(name), name + " has no effect on an image.",
                        "Did you mean \"" + meant.get() + "\"?"));
            }
        }
        plain("timezone_name").filter(zone -> !ZoneId.getAvailableZoneIds().contains(zone)).ifPresent(zone -> told
                .accept(Problem.warning(place("timezone_name"), "Nobody here knows the time zone " + zone + ".",
                        Nearest.to(zone, ZoneId.getAvailableZoneIds(), 2)
                                .map(near -> "Did you mean \"" + near + "\"?").orElse(""))));
    }

    /** What it is to be, with this host key. */
    FirstBoot firstBoot(Optional<HostKey> key) {
        Optional<User> user = user();
        boolean passwords = flag("image_password_authentication").or(() -> flag("sshd_password_authentication"))
                .orElse(user.filter(one -> one.hash().isEmpty() && !one.keys().isEmpty()).isEmpty());
        return new FirstBoot(node, hostName(), user, passwords, address(), wifi(),
                text("locale_default", name -> name.matches("[A-Za-z_]+(\\.[A-Za-z0-9-]+)?(@[a-z]+)?"),
                        "a locale, en_GB.UTF-8 say"),
                text("image_keyboard", name -> name.matches("[a-z]{2,10}"), "a keyboard's layout, gb say"),
                text("timezone_name", name -> name.matches("[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*"),
                        "a time zone, Europe/Berlin say"),
                key, Optional.empty());
    }

    /** Looks at all of it. */
    void check() {
        firstBoot(Optional.empty());
        bootSettings();
        format();
        authority();
        names();
        if (!mistakes.isEmpty()) {
            throw new ProblemException(mistakes.stream().distinct().toList());
        }
    }

    /** Whether it is to have a host key from here. */
    boolean wantsHostKey() {
        return flag("image_host_key").orElse(true);
    }

    /** How the image is to be told. */
    Optional<Format> format() {
        return text("image_format", name -> Format.named(name).isPresent(), "one of "
                + Arrays.stream(Format.values()).map(Format::toString).collect(Collectors.joining(", ")))
                .flatMap(Format::named);
    }

    /** The file of the authority's private key that is to sign it. */
    Optional<String> authority() {
        return text("image_host_ca", path -> !path.isBlank(), "a file on this machine");
    }

    /** Every name and address by which it will be reached. */
    Set<String> names() {
        var names = new LinkedHashSet<String>();
        names.add(node);
        names.add(node.split("\\.", -1)[0]);
        names.add(hostName());
        names.add(hostName() + ".local");
        text("ansible_host", name -> !name.isBlank(), "a name or an address").ifPresent(names::add);
        address().ifPresent(address -> names.add(address.address()));
        names.removeIf(name -> name.matches("(?s).*[\\s,*?!|#].*"));
        return names;
    }

    private String hostName() {
        return text("hostname_name", name -> name.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
                "a host name: letters, digits and hyphens, no dot").orElseGet(() -> {
                    String own = node.split("\\.", -1)[0];
                    if (!own.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
                        mistakes.add(Problem.error(Source.NONE, "Tried to take " + own
                                + " for a host name, but one has letters, digits and hyphens alone.",
                                "Say another one by hostname_name."));
                    }
                    return own;
                });
    }

    private Optional<User> user() {
        List<MapValue> list = values.get("users_list").filter(ListValue.class::isInstance)
                .map(all -> ((ListValue) all).items().stream().filter(MapValue.class::isInstance)
                        .map(MapValue.class::cast).toList())
                .orElse(List.of());
        Optional<String> name = plain("image_user").or(() -> plain("ansible_user")).or(() -> plain("ansible_ssh_user"))
                .or(() -> list.stream().findFirst().flatMap(first -> first.get("name")).map(PythonText::of));
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (!name.get().matches("[a-z_][a-z0-9_-]{0,31}") || name.get().equals("root")) {
            String where = values.get("image_user").isPresent() ? "image_user" : "ansible_user";
            mistakes.add(Problem.error(place(where), "Tried to have the first start make the user " + name.get()
                    + ", but that makes one who isn't root, of small letters, digits and hyphens.",
                    "Say who it is to be by image_user."));
        }
        Optional<MapValue> entry = list.stream()
                .filter(one -> one.get("name").map(PythonText::of).equals(name)).findFirst();
        Optional<String> hash = plain("image_password")
                .or(() -> entry.flatMap(one -> one.get("password")).filter(NodeVariables::given).map(PythonText::of));
        hash.ifPresent(secrets::add);
        if (hash.filter(text -> !text.matches("\\$[0-9a-z]+\\$[^:\\s]+|[!*]")).isPresent()) {
            String where = values.get("image_password").isPresent() ? "image_password" : "users_list";
            mistakes.add(Problem.error(place(where), "Tried to read the password of " + name.get() + " for "
                    + node + ", but it is no hash as /etc/shadow has it.",
                    "The filter password_hash makes one: {{ password | password_hash('sha512', salt) }}, with a salt, "
                            + "so that it is the same each time."));
        }
        List<String> keys = values.get("image_keys").isPresent()
                ? texts("image_keys", values.get("image_keys"))
                : texts("users_list", entry.flatMap(one -> one.get("keys")));
        if (keys.stream().flatMap(String::lines).map(String::strip)
                .anyMatch(line -> !line.isEmpty() && !line.startsWith("#") && !KEY.matcher(line).matches())) {
            String where = values.get("image_keys").isPresent() ? "image_keys" : "users_list";
            mistakes.add(Problem.error(place(where), "Tried to read the keys of " + name.get() + " for " + node
                    + ", but one of them is no public key of SSH, as ~/.ssh/id_ed25519.pub has it.",
                    "{{ lookup('file', '~/.ssh/id_ed25519.pub') }} is what is in that file."));
        }
        boolean sudo = entry.map(one -> one.get("sudo").filter(NodeVariables::truth).isPresent()).orElse(true);
        String rule = "ALL=(ALL:ALL) " + (flag("users_sudo_nopasswd").orElse(true) ? "NOPASSWD: " : "") + "ALL";
        return Optional.of(new User(name.get(), hash, keys.stream().flatMap(String::lines).map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#")).toList(),
                Optional.of(rule).filter(_ -> sudo)));
    }

    private Optional<Address> address() {
        Optional<String> written = plain("image_address").filter(text -> !text.equals("dhcp"));
        if (written.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = written.get().split("/", -1);
        if (parts.length != 2 || !ipv4(parts[0]) || !parts[1].matches("[1-9]|[12][0-9]|3[0-2]")) {
            mistakes.add(Problem.error(place("image_address"), "image_address has to be an IPv4 address with the "
                    + "length of its network's prefix, but it is " + written.get(), "192.168.1.11/24 say, or dhcp."));
            return Optional.empty();
        }
        Optional<String> gateway = text("image_gateway", NodeVariables::ipv4, "an IPv4 address");
        gateway.filter(one -> ipv4(one) && !together(parts[0], one, Integer.parseInt(parts[1]))).ifPresent(
                one -> mistakes.add(Problem.error(place("image_gateway"), "image_gateway has to be in the network of "
                        + "image_address, " + written.get() + ", but it is " + one)));
        List<String> search = texts("image_search", values.get("image_search"));
        search.stream().filter(one -> !one.matches("[A-Za-z0-9._~-]{1,254}")).findFirst()
                .ifPresent(one -> mistakes.add(Problem.error(place("image_search"),
                        "image_search has domains, cluster.lan say, not '" + one.replace("\n", "\\n")
                                + "'")));
        return Optional.of(new Address(
                text("image_interface", name -> name.matches("[A-Za-z0-9_.-]{1,15}"), "an interface, eth0 say")
                        .orElse("eth0"),
                parts[0], Integer.parseInt(parts[1]),
                gateway, addresses(), search));
    }

    /** Whether two addresses are in one network. */
    private static boolean together(String one, String other, int prefix) {
        return ((bits(one) ^ bits(other)) >>> (32 - prefix)) == 0;
    }

    private static long bits(String address) {
        return Arrays.stream(address.split("\\.", -1)).mapToLong(Long::parseLong).reduce(0,
                (all, part) -> (all << 8) | part);
    }

    private List<String> addresses() {
        List<String> all = texts("image_nameservers", values.get("image_nameservers"));
        all.stream().filter(one -> !ipv4(one)).findFirst().ifPresent(one -> mistakes.add(Problem.error(
                place("image_nameservers"), "image_nameservers has IPv4 addresses, not " + one)));
        return all;
    }

    private static boolean ipv4(String text) {
        return text.matches("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    }

    private Optional<Wifi> wifi() {
        Optional<String> ssid = text("image_wifi_ssid",
                name -> !name.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length <= 32
                        && name.chars().noneMatch(Character::isISOControl),
                "the name of a network, of at most 32 bytes");
        if (ssid.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> country = text("image_wifi_country", code -> code.matches("[A-Za-z]{2}"),
                "a country's two letters, GB say").map(code -> code.toUpperCase(Locale.ROOT));
        Optional<String> password = plain("image_wifi_password");
        password.ifPresent(secrets::add);
        if (password.filter(text -> text.matches("[0-9a-fA-F]{64}") || text.matches("[ -~]{8,63}")).isEmpty()
                && password.isPresent()) {
            mistakes.add(Problem.error(place("image_wifi_password"),
                    "image_wifi_password has to have 8 to 63 letters, digits "
                            + "and signs, or to be a key of 64 hexadecimal digits"));
            return Optional.empty();
        }
        return Optional.of(new Wifi(ssid.get(), password.map(text -> psk(text, ssid.get())), country,
                flag("image_wifi_hidden").orElse(false)));
    }

    /** The key that a password and a network's name make (IEEE 802.11, annex J.4). */
    private String psk(String password, String ssid) {
        if (password.length() == 2 * BYTES_OF_PSK) {
            return password.toLowerCase(Locale.ROOT);
        }
        try {
            var spec = new PBEKeySpec(password.toCharArray(), ssid.getBytes(StandardCharsets.UTF_8), 4096,
                    8 * BYTES_OF_PSK);
            String key = HexFormat.of()
                    .formatHex(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1").generateSecret(spec).getEncoded());
            secrets.add(key);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    BootSettings bootSettings() {
        List<String> overlays = new ArrayList<>(
                texts("boot_config_dtoverlay", values.get("boot_config_dtoverlay")));
        if (flag("boot_config_power_button").orElse(false)) {
            String debounce = plain("boot_config_power_button_debounce").orElse("100");
            overlays.add("gpio-shutdown" + (debounce.equals("100") ? "" : ",debounce=" + debounce));
        }
        List<String> words = texts("boot_config_cmdline", values.get("boot_config_cmdline"));
        words.stream().filter(word -> word.isBlank() || word.matches("(?s).*\\s.*")).findFirst()
                .ifPresent(word -> mistakes.add(Problem.error(place("boot_config_cmdline"),
                        "boot_config_cmdline has words without spaces, not '" + word + "'")));
        return new BootSettings(settings("boot_config_settings", "1", "0"),
                settings("boot_config_dtparam", "on", "off"), overlays, words);
    }

    private SequencedMap<String, String> settings(String name, String yes, String no) {
        var settings = new LinkedHashMap<String, String>();
        Optional<Value> given = values.get(name).filter(NodeVariables::given);
        if (given.isPresent() && !(given.get() instanceof MapValue)) {
            mistakes.add(Problem.error(place(name), name + " is a mapping, {gpu_mem: 16} say"));
        }
        if (given.isPresent() && given.get() instanceof MapValue map) {
            for (Map.Entry<Value, Value> one : map.entries().entrySet()) {
                String value = one.getValue() instanceof Bool
                        ? truth(one.getValue()) ? yes : no
                        : PythonText.of(one.getValue());
                String key = PythonText.of(one.getKey());
                if ((key + value).contains("\n") || key.contains("#") || one.getValue() instanceof MapValue
                        || one.getValue() instanceof ListValue || key.equals("dtparam") || key.equals("dtoverlay")) {
                    mistakes.add(Problem.error(place(name),
                            "config.txt can't have a setting '" + key + "' of " + name + " with that value"));
                }
                settings.put(key, value);
            }
        }
        return settings;
    }

    // Reading.

    private static boolean given(Value value) {
        return !(value instanceof None) && !(value instanceof Text(String text) && text.isEmpty());
    }

    private static boolean truth(Value value) {
        return value instanceof Bool
                ? value.equals(Value.of(true))
                : List.of("yes", "true", "on", "1", "y", "t")
                        .contains(PythonText.of(value).toLowerCase(Locale.ROOT));
    }

    private Optional<String> plain(String name) {
        return values.get(name).filter(NodeVariables::given).map(PythonText::of);
    }

    private Optional<String> text(String name, Predicate<String> right, String what) {
        Optional<String> text = plain(name);
        if (text.filter(right).isEmpty() && text.isPresent()) {
            mistakes.add(Problem.error(place(name), name + " has to be " + what + ", but it is " + text.get()));
        }
        return text;
    }

    private Optional<Boolean> flag(String name) {
        return values.get(name).filter(NodeVariables::given).map(NodeVariables::truth);
    }

    /** Of a list, or of a text alone. */
    private List<String> texts(String name, Optional<Value> value) {
        Optional<Value> there = value.filter(NodeVariables::given);
        if (there.isEmpty()) {
            return List.of();
        }
        List<Value> items = there.get() instanceof ListValue list ? list.items() : List.of(there.get());
        if (items.stream().anyMatch(item -> item instanceof MapValue || item instanceof ListValue)) {
            mistakes.add(Problem.error(place(name), name + " has a list of texts"));
            return List.of();
        }
        return items.stream().map(PythonText::of).toList();
    }

    /** Where the inventory says it. */
    private Source place(String name) {
        return inventory.layers(node).reversed().stream()
                .filter(layer -> layer.variables().values().get(name).isPresent()).findFirst()
                .map(layer -> layer.variables().place(name)).orElse(Source.NONE);
    }
}
