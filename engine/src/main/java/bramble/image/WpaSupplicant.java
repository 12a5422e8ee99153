package bramble.image;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A wpa_supplicant.conf.
 *
 * @see <a href="https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf">Its documentation</a>
 */
final class WpaSupplicant {
    private WpaSupplicant() {}

    static String text(FirstBoot.Wifi wifi) {
        var text = new StringBuilder();
        wifi.country().ifPresent(country -> text.append("country=").append(country).append('\n'));
        text.append("ctrl_interface=DIR=/var/run/wpa_supplicant GROUP=netdev\nupdate_config=1\n\nnetwork={\n");
        text.append("\tssid=").append(ssid(wifi.ssid())).append('\n');
        if (wifi.hidden()) {
            text.append("\tscan_ssid=1\n");
        }
        text.append(wifi.psk().map(psk -> "\tpsk=" + psk + "\n").orElse("\tkey_mgmt=NONE\n"));
        return text.append("}\n").toString();
    }

    /** In quotes, or as digits where it isn't plain ASCII. */
    private static String ssid(String name) {
        return name.matches("[ !#-\\[\\]-~]*")
                ? '"' + name + '"'
                : HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }
}
