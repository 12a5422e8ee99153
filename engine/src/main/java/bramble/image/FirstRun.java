package bramble.image;

import bramble.image.FirstBoot.Address;
import bramble.image.FirstBoot.HostKey;
import bramble.image.FirstBoot.User;
import bramble.image.FirstBoot.Wifi;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A script that systemd runs once at a start, and which removes itself: the kernel's parameters name it. Raspberry Pi OS has
 * made its own host keys by then, and changed the disk's id. Each step can be done again, so that one that power cut off is.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/kernel-command-line.html">systemd.run</a>
 */
final class FirstRun {
    static final String NAME = "firstrun.sh";

    /** Which parameters have to go: whatever the last step left of them would start the node again and again. */
    static final List<String> PARAMETERS = List.of("systemd.run=", "systemd.run_success_action=",
            "systemd.run_failure_action=", "systemd.unit=kernel-command-line.target");

    private static final String START = """
            # It can be done again, should power fail before its end.
            boot=${0%/*}
            log=/var/log/bramble-first-boot.log

            # What goes wrong is noted down, and keeps nothing else from being done.
            step() {
              what=$1
              shift
              "$@" >>"$log" 2>&1 || printf 'Tried to %s, but: exit code %s\\n' "$what" "$?" >>"$log"
            }

            """;
    private static final String END = """
            # The parameter goes first: without the script it would start the node again and again.
            tidy_up() {
              sed -i 's/ systemd\\.run[^ ]*//g; s/ systemd\\.unit=kernel-command-line\\.target//' "$boot/cmdline.txt" &&
                sync &&
                { shred -n 1 "$boot/firstrun.sh" || true; } && rm -f "$boot/firstrun.sh" && sync
            }

            """;

    private static final String FORGET = """
            for folder in dhcp dhcpcd dhcpcd5 NetworkManager systemd/network; do
              [ ! -d "/var/lib/$folder" ] ||
                find "/var/lib/$folder" -type f '(' -name '*.lease*' -o -name duid -o -name secret_key ')' -exec rm -f {} +
            done
            """;

    private static final String RENAME = """
            # The user that the system came with, by the group first: done again, it goes on from there.
            rename_user() {
              [ "$(id -gn "$1")" = "$2" ] || groupmod --new-name "$2" "$(id -gn "$1")" || return
              usermod --login "$2" --home "/home/$2" --move-home "$1"
            }

            """;

    private final FirstBoot wanted;
    private final List<String> functions = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    private FirstRun(FirstBoot wanted) {
        this.wanted = wanted;
    }

    /** The words of cmdline.txt that have it run. */
    static List<String> words(BootSystem system) {
        return List.of("systemd.run=" + system.folder() + "/" + NAME, "systemd.run_success_action=reboot",
                "systemd.run_failure_action=reboot", "systemd.unit=kernel-command-line.target");
    }

    static String text(FirstBoot wanted) {
        return new FirstRun(wanted).text();
    }

    /**
     * What makes the copy of a system that has run one of its own.
     *
     * @param hostName empty if it keeps that which it has
     */
    static String ofCopy(Optional<String> hostName, Copied copied) {
        var run = new FirstRun(new FirstBoot("the copy of a card", hostName.orElse(""), Optional.empty(), true,
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.of(copied)));
        if (hostName.isPresent()) {
            run.hostName();
        }
        if (!copied.same()) {
            run.ownHostKeys();
        }
        run.copied(copied);
        return run.script();
    }

    private String text() {
        hostName();
        wanted.hostKey().ifPresent(this::hostKey);
        if (wanted.hostKey().isEmpty() && wanted.copied().isPresent()) {
            ownHostKeys();
        }
        wanted.user().ifPresent(this::user);
        ssh();
        wanted.wifi().ifPresent(this::wifi);
        wanted.address().ifPresent(this::address);
        wanted.locale().ifPresent(this::locale);
        wanted.keyboard().ifPresent(this::keyboard);
        wanted.timeZone().ifPresent(this::timeZone);
        wanted.copied().ifPresent(this::copied);
        return script();
    }

    private String script() {
        step("tidy up", "tidy_up", "");
        return "#!/bin/sh\n" + Written.by(wanted, "done once, at the first start, and removed then") + START
                + String.join("", functions) + END
                + "# In one piece, since the file is gone before its last line is read.\n"
                + "first_boot() {\n" + steps.stream().map(one -> "  " + one + "\n").collect(Collectors.joining())
                + "  exit 0\n}\n\nfirst_boot\n";
    }

    private void ownHostKeys() {
        step("make host keys", "make_host_keys", """
                rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/ssh/ssh_host_*_key-cert.pub &&
                  ssh-keygen -A &&
                  sed -i '/^[[:space:]]*HostCertificate[[:space:]]/d' /etc/ssh/sshd_config
                """);
    }

    private void copied(Copied copied) {
        if (copied.machineId()) {
            step("make a machine-id", "make_machine_id", Copied.MACHINE_ID);
        }
        if (!copied.same()) {
            step("forget the addresses that the other one was lent", "forget_leases", FORGET);
        }
        if (copied.grow()) {
            step("grow the root file system", "grow_root", Copied.GROW);
        }
    }

    private void step(String what, String name, String body) {
        if (!body.isEmpty()) {
            functions.add(name + "() {\n" + body.indent(2) + "}\n\n");
        }
        steps.add("step " + quoted(what) + " " + name);
    }

    /** A body whose here-documents keep their place: those can't be indented. */
    private void stepAsIs(String what, String name, String body) {
        functions.add(name + "() {\n" + body + "}\n\n");
        steps.add("step " + quoted(what) + " " + name);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A here-document that makes a file. */
    private static String file(String path, String content) {
        return "cat >" + path + " <<'END OF FILE'\n" + content + (content.endsWith("\n") ? "" : "\n") + "END OF FILE\n";
    }

    private void hostName() {
        step("set the host name", "set_host_name", """
                name=%s
                printf '%%s\\n' "$name" >/etc/hostname &&
                  sed -i '/^127\\.0\\.1\\.1[[:space:]]/d' /etc/hosts &&
                  printf '127.0.1.1\\t%%s\\n' "$name" >>/etc/hosts &&
                  hostname "$name"
                """.formatted(quoted(wanted.hostName())));
    }

    private void hostKey(HostKey key) {
        String place = "/etc/ssh/ssh_host_ed25519_key";
        var body = new StringBuilder("""
                  systemctl --quiet disable regenerate_ssh_host_keys 2>/dev/null
                  rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
                  (umask 077
                """);
        body.append(file(place, key.secret())).append("  ) || return\n").append(file(place + ".pub", key.open()));
        if (key.certificate().isPresent()) {
            body.append(file(place + "-cert.pub", key.certificate().get().text()));
            body.append("  grep -q '^HostCertificate " + place + "-cert.pub' /etc/ssh/sshd_config ||\n"
                    + "    printf 'HostCertificate " + place + "-cert.pub\\n' >>/etc/ssh/sshd_config\n");
        }
        stepAsIs("put the host key in its place", "put_host_key", body.toString());
    }

    private void user(User user) {
        String hash = user.hash().orElse("");
        if (wanted.copied().isPresent()) { // who is there has a home, and what runs in its name
            step("make the user", "make_user", """
                    name=%s
                    hash=%s
                    id "$name" >/dev/null 2>&1 || useradd -m -s /bin/bash "$name" || return
                    """.formatted(quoted(user.name()), quoted(hash)) + (hash.isEmpty() ? "" : password(hash)));
        } else {
            functions.add(RENAME);
            // whoever has no key either may get in by the password that the image has; that program makes it an empty one
            boolean stays = hash.isEmpty() && user.keys().isEmpty();
            step("make the user", "make_user", """
                    name=%s
                    hash=%s
                    if [ -x /usr/lib/userconf-pi/userconf ]; then
                      /usr/lib/userconf-pi/userconf "$name" "$hash"%s
                    elif ! id "$name" >/dev/null 2>&1; then
                      own=$(id -nu 1000 2>/dev/null)
                      if [ -n "$own" ]; then rename_user "$own" "$name"; else useradd -m -s /bin/bash "$name"; fi
                    fi || return
                    """.formatted(quoted(user.name()), quoted(hash), stays ? " && passwd -l \"$name\"" : "")
                    + (stays ? "" : password(hash)));
        }
        user.sudo().ifPresent(rule -> step("let the user become root", "let_become_root", """
                f=/etc/sudoers.d/bramble-%s
                printf '%%s\\n' %s >"$f.new" && chmod 0440 "$f.new" && mv "$f.new" "$f"
                """.formatted(user.name(), quoted(user.name() + " " + rule))));
        if (!user.keys().isEmpty()) {
            stepAsIs("let the user's keys in", "let_keys_in", "  name=" + quoted(user.name()) + """

                      home=$(getent passwd "$name" | cut -d: -f6) && group=$(id -gn "$name") &&
                        install -d -m 700 -o "$name" -g "$group" "$home/.ssh" || return
                    """ + file("\"$home/.ssh/authorized_keys\"", String.join("\n", user.keys())) + """
                      chmod 600 "$home/.ssh/authorized_keys" && chown "$name:$group" "$home/.ssh/authorized_keys"
                    """);
        }
    }

    private static String password(String hash) {
        return hash.isEmpty() ? "passwd -l \"$name\"\n" : "printf '%s:%s\\n' \"$name\" \"$hash\" | chpasswd -e\n";
    }

    private void ssh() {
        if (!wanted.passwords()) {
            step("let in nobody with a password", "let_in_no_passwords", """
                    sed -i '/^[#[:space:]]*PasswordAuthentication[[:space:]]/d' /etc/ssh/sshd_config || return
                    { printf 'PasswordAuthentication no\\n' && cat /etc/ssh/sshd_config; } >/etc/ssh/sshd_config.new &&
                      mv /etc/ssh/sshd_config.new /etc/ssh/sshd_config
                    """);
        }
        step("turn on SSH", "turn_on_ssh", "systemctl --quiet enable ssh\n");
    }

    private static final String BY_NETWORK_MANAGER = "if systemctl --quiet is-enabled NetworkManager 2>/dev/null; then\n";

    private void wifi(Wifi wifi) {
        var body = new StringBuilder("  " + BY_NETWORK_MANAGER);
        body.append("  f=/etc/NetworkManager/system-connections/bramble-wifi.nmconnection\n  (umask 077\n");
        body.append(file("\"$f\"",
                connection("bramble-wifi", Wifi.INTERFACE, "wifi", "[wifi]\nmode=infrastructure\nssid="
                        + keyfile(wifi.ssid()) + "\n" + (wifi.hidden() ? "hidden=true\n" : "") + wifi.psk()
                                .map(psk -> "\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=" + psk + "\n").orElse(""))));
        body.append("  ) || return\n  else\n  mkdir -p /etc/wpa_supplicant\n  (umask 077\n");
        body.append(file("/etc/wpa_supplicant/wpa_supplicant.conf", WpaSupplicant.text(wifi)));
        body.append("  ) || return\n  fi\n");
        wifi.country().ifPresent(country -> body
                .append("  ! command -v raspi-config >/dev/null || raspi-config nonint do_wifi_country " + country
                        + "\n"));
        body.append("""
                  # Nothing keeps the radio off: neither now, nor what systemd remembers of it.
                  ! command -v rfkill >/dev/null || rfkill unblock wlan
                  find /var/lib/systemd/rfkill -name '*:wlan' -type f -exec sh -c 'echo 0 >"$1"' sh {} ';' 2>/dev/null
                  return 0
                """);
        stepAsIs("join the Wi-Fi", "join_wifi", body.toString());
    }

    private void address(Address address) {
        boolean byAir = address.interfaceName().equals(Wifi.INTERFACE) && wanted.wifi().isPresent();
        var body = new StringBuilder("  " + BY_NETWORK_MANAGER);
        if (byAir) {
            body.append("  :\n"); // it stands in the file that joins the network
        } else {
            String name = "bramble-" + address.interfaceName();
            body.append("  f=/etc/NetworkManager/system-connections/" + name + ".nmconnection\n  (umask 077\n");
            body.append(file("\"$f\"", connection(name, address.interfaceName(), "ethernet", "")));
            body.append("  ) || return\n");
        }
        body.append("  else\n  sed -i '/^# Bramble: from here$/,/^# Bramble: to here$/d' /etc/dhcpcd.conf &&\n");
        body.append(file(">/etc/dhcpcd.conf", "# Bramble: from here\ninterface " + address.interfaceName()
                + "\nstatic ip_address=" + address.withPrefix() + "\n"
                + address.gateway().map(gateway -> "static routers=" + gateway + "\n").orElse("")
                + list("static domain_name_servers=", address.nameServers())
                + list("static domain_search=", address.search()) + "# Bramble: to here"));
        body.append("  fi\n");
        stepAsIs("set the address", "set_address", body.toString());
    }

    private static String list(String key, List<String> words) {
        return words.isEmpty() ? "" : key + String.join(" ", words) + "\n";
    }

    /** A connection of NetworkManager, with the fixed address if it is this interface's. */
    private String connection(String name, String interfaceName, String type, String more) {
        Optional<Address> fixed = wanted.address().filter(one -> one.interfaceName().equals(interfaceName));
        String ipv4 = fixed.map(address -> "method=manual\naddress1=" + address.withPrefix()
                + address.gateway().map(gateway -> "," + gateway).orElse("") + "\n"
                + semicolons("dns=", address.nameServers()) + semicolons("dns-search=", address.search()))
                .orElse("method=auto\n");
        UUID uuid = UUID.nameUUIDFromBytes((wanted.node() + " " + name).getBytes(StandardCharsets.UTF_8));
        return "[connection]\nid=" + name + "\nuuid=" + uuid + "\ntype=" + type + "\ninterface-name=" + interfaceName
                + "\n\n" + (more.isEmpty() ? "" : more + "\n") + "[ipv4]\n" + ipv4 + "\n[ipv6]\nmethod=auto\n";
    }

    private static String semicolons(String key, List<String> words) {
        return words.isEmpty() ? "" : key + String.join(";", words) + ";\n";
    }

    /** A name as NetworkManager's files have it: what isn't plain stands as numbers. */
    private static String keyfile(String ssid) {
        if (ssid.matches("[A-Za-z0-9_.-]+([ A-Za-z0-9_.-]*[A-Za-z0-9_.-])?")) {
            return ssid;
        }
        var bytes = new StringBuilder();
        for (byte one : ssid.getBytes(StandardCharsets.UTF_8)) {
            bytes.append(one & 0xff).append(';');
        }
        return bytes.toString();
    }

    private void locale(String locale) {
        step("set the locale", "set_locale", """
                locale=%s
                if [ -f /etc/locale.gen ]; then
                  grep -q "^$locale UTF-8" /etc/locale.gen || printf '%%s UTF-8\\n' "$locale" >>/etc/locale.gen
                  locale-gen || return
                fi
                printf 'LANG=%%s\\n' "$locale" >/etc/default/locale
                """.formatted(quoted(locale)));
    }

    private void keyboard(String layout) {
        step("set the keyboard", "set_keyboard", """
                printf 'XKBMODEL="pc105"\\nXKBLAYOUT="%%s"\\nXKBVARIANT=""\\nXKBOPTIONS=""\\nBACKSPACE="guess"\\n' %s \
                >/etc/default/keyboard &&
                  { ! command -v setupcon >/dev/null || setupcon --save-only --force; }
                """.formatted(quoted(layout)));
    }

    private void timeZone(String zone) {
        step("set the time zone", "set_time_zone", """
                zone=%s
                [ -e "/usr/share/zoneinfo/$zone" ] && ln -sf "/usr/share/zoneinfo/$zone" /etc/localtime &&
                  printf '%%s\\n' "$zone" >/etc/timezone
                """.formatted(quoted(zone)));
    }
}
