package bramble.image;

import bramble.value.MapValue;
import bramble.value.Value;
import bramble.yaml.TomlWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The custom.toml that the first start of Raspberry Pi OS reads, before it knows a network, and removes.
 *
 * @see <a href="https://github.com/RPi-Distro/raspberrypi-sys-mods">raspberrypi-sys-mods, which reads it</a>
 */
final class CustomToml {
    static final String NAME = "custom.toml";

    private CustomToml() {}

    static String text(FirstBoot wanted) {
        Map<String, Value> ssh = new LinkedHashMap<>();
        ssh.put("enabled", Value.of(true));
        ssh.put("password_authentication", Value.of(wanted.passwords()));
        var tables = new LinkedHashMap<String, Value>();
        tables.put("config_version", Value.of(1));
        tables.put("system", MapValue.of("hostname", wanted.hostName()));
        wanted.user().ifPresent(user -> {
            MapValue table = MapValue.of("name", user.name());
            tables.put("user", user.hash().map(hash -> table.with("password", hash).with("password_encrypted", true))
                    .orElse(table));
            if (!user.keys().isEmpty()) {
                ssh.put("authorized_keys", Value.texts(user.keys()));
            }
        });
        tables.put("ssh", MapValue.named(ssh));
        wanted.wifi().ifPresent(wifi -> {
            MapValue table = MapValue.of("ssid", wifi.ssid());
            if (wifi.psk().isPresent()) {
                table = table.with("password", wifi.psk().get()).with("password_encrypted", true);
            }
            table = table.with("hidden", wifi.hidden());
            tables.put("wlan", wifi.country().isPresent() ? table.with("country", wifi.country().get()) : table);
        });
        var locale = new LinkedHashMap<String, Value>();
        wanted.keyboard().ifPresent(keyboard -> locale.put("keymap", Value.text(keyboard)));
        wanted.timeZone().ifPresent(zone -> locale.put("timezone", Value.text(zone)));
        if (!locale.isEmpty()) {
            tables.put("locale", MapValue.named(locale));
        }
        return Written.by(wanted, "read once, at the first start, and removed then")
                + TomlWriter.write(MapValue.named(tables));
    }
}
