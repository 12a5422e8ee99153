package bramble.image;

import bramble.image.FirstBoot.Address;
import bramble.image.FirstBoot.HostKey;
import bramble.image.FirstBoot.User;
import bramble.image.FirstBoot.Wifi;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import bramble.yaml.YamlWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The three files by which cloud-init is told what to do, its data source NoCloud. Its first start reads them once for each
 * instance-id: what is told anew gets another one.
 *
 * @see <a href="https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html">NoCloud</a>
 */
final class CloudInit {
    static final String META_DATA = "meta-data";
    static final String USER_DATA = "user-data";
    static final String NETWORK = "network-config";

    /** From this line on nothing is left of user-data once the node has started. */
    private static final String UNTIL = "# Once, at the first start; then it is removed from here on.";
    private static final YamlWriter.Style STYLE = new YamlWriter.Style(YamlWriter.Flow.NEVER, 2, 1 << 16, false, true,
            false, false, ' ', true);

    private CloudInit() {}

    static Map<String, String> files(FirstBoot wanted, BootSystem system, Format.Files there) {
        String user = userData(wanted, system);
        String network = network(wanted);
        Optional<String> meta = there.text(META_DATA);
        boolean told = there.text(USER_DATA).equals(Optional.of(user))
                && there.text(NETWORK).equals(Optional.of(network)) && meta.filter(Written::here).isPresent();
        var files = new LinkedHashMap<String, String>();
        files.put(META_DATA, told ? meta.orElseThrow() : metaData(wanted, user + network + meta.orElse("")));
        files.put(NETWORK, network);
        files.put(USER_DATA, user);
        return files;
    }

    /** @param unlike differs from one telling to the next */
    private static String metaData(FirstBoot wanted, String unlike) {
        return Written.by(wanted, "") + yaml("dsmode", "local", "instance-id",
                "bramble-" + wanted.hostName() + "-" + digest(unlike), "local-hostname", wanted.hostName());
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String userData(FirstBoot wanted, BootSystem system) {
        var stays = new LinkedHashMap<String, Value>();
        stays.put("hostname", Value.text(wanted.hostName()));
        wanted.locale().ifPresent(locale -> stays.put("locale", Value.text(locale)));
        wanted.timeZone().ifPresent(zone -> stays.put("timezone", Value.text(zone)));
        wanted.keyboard().ifPresent(
                layout -> stays.put("keyboard", MapValue.of("layout", layout, "model", "pc105")));
        var once = new LinkedHashMap<String, Value>();
        once.put("manage_etc_hosts", Value.text("localhost"));
        wanted.user().ifPresent(user -> once.put("user", user(user)));
        if (!wanted.passwords()) {
            once.put("ssh_pwauth", Value.of(false));
        }
        wanted.hostKey().ifPresent(key -> {
            once.put("ssh_deletekeys", Value.of(true));
            once.put("ssh_keys", keys(key));
            once.put("bootcmd", Value.texts(List.of(
                    // it would make other keys, before or behind
                    "systemctl --quiet disable --now regenerate_ssh_host_keys.service 2>/dev/null || true")));
        });
        var commands = new ArrayList<String>();
        commands.add("systemctl enable --now ssh");
        wanted.wifi().ifPresent(_ -> commands.add("rfkill unblock wifi || true"));
        wanted.copied().filter(Copied::machineId).ifPresent(_ -> commands.add(Copied.MACHINE_ID));
        wanted.copied().filter(Copied::grow).ifPresent(_ -> commands.add(Copied.GROW));
        commands.add(forget(system));
        once.put("runcmd", Value.texts(commands));
        return "#cloud-config\n" + Written.by(wanted, "") + yaml(stays) + UNTIL + "\n" + yaml(once);
    }

    /** Cuts user-data off where the secrets begin, and overwrites what was there. */
    private static String forget(BootSystem system) {
        return """
                f=%s/user-data
                sed '/^%s/,$d' "$f" >"$f.new" && sync && shred -n 1 "$f"
                mv -f "$f.new" "$f" && sync
                """.formatted(system.folder(), UNTIL);
    }

    private static MapValue user(User user) {
        MapValue told = MapValue.of("name", user.name(), "shell", "/bin/bash", "lock_passwd", user.hash().isEmpty());
        if (user.hash().isPresent()) {
            told = told.with("passwd", user.hash().get());
        }
        if (!user.keys().isEmpty()) {
            told = told.with("ssh_authorized_keys", Value.texts(user.keys()));
        }
        return told.with("sudo", user.sudo().<Value>map(Value::text).orElse(None.NONE));
    }

    private static MapValue keys(HostKey key) {
        MapValue keys = MapValue.of("ed25519_private", key.secret(), "ed25519_public", key.open().strip());
        return key.certificate().map(one -> keys.with("ed25519_certificate", one.text().strip())).orElse(keys);
    }

    private static String network(FirstBoot wanted) {
        Optional<Address> address = wanted.address();
        boolean byAir = address.filter(one -> one.interfaceName().equals(Wifi.INTERFACE)).isPresent();
        String wire = address.filter(_ -> !byAir).map(Address::interfaceName).orElse("eth0");
        MapValue network = MapValue.of("version", 2, "ethernets",
                MapValue.of(wire, addressed(address.filter(_ -> !byAir)).with("optional", true)));
        if (wanted.wifi().isPresent()) {
            Wifi wifi = wanted.wifi().get();
            MapValue point = wifi.psk().map(psk -> MapValue.of("password", psk))
                    .orElse(MapValue.of("auth", MapValue.of("key-management", "none")));
            MapValue card = addressed(address.filter(_ -> byAir)).with("optional", true);
            if (wifi.country().isPresent()) {
                card = card.with("regulatory-domain", wifi.country().get());
            }
            network = network.with("wifis", MapValue.of(Wifi.INTERFACE, card.with("access-points",
                    MapValue.of(wifi.ssid(), wifi.hidden() ? point.with("hidden", true) : point))));
        }
        return Written.by(wanted, "") + yaml("network", network);
    }

    private static MapValue addressed(Optional<Address> fixed) {
        if (fixed.isEmpty()) {
            return MapValue.of("dhcp4", true);
        }
        Address address = fixed.get();
        MapValue told = MapValue.of("dhcp4", false, "addresses", Value.texts(List.of(address.withPrefix())));
        if (address.gateway().isPresent()) {
            told = told.with("routes",
                    List.of(MapValue.of("to", "default", "via", address.gateway().get())));
        }
        if (!address.nameServers().isEmpty() || !address.search().isEmpty()) {
            MapValue servers = MapValue.of("addresses", Value.texts(address.nameServers()));
            told = told.with("nameservers", address.search().isEmpty()
                    ? servers
                    : servers.with("search", Value.texts(address.search())));
        }
        return told;
    }

    private static String yaml(@org.jspecify.annotations.Nullable Object... namesAndValues) {
        return YamlWriter.write(MapValue.of(namesAndValues), STYLE);
    }

    private static String yaml(Map<String, Value> entries) {
        return YamlWriter.write(MapValue.named(entries), STYLE);
    }
}
