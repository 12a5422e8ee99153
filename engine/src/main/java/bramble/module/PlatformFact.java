package bramble.module;

import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks what kind of system a node is. */
public record PlatformFact() implements Fact<Platform> {
    /** The commands that modules may use where they are there. */
    private static final List<String> TOOLS = List.of("stat", "sha1sum", "sha256sum", "sha512sum", "md5sum", "openssl",
            "base64", "od", "timeout", "setsid", "su", "sudo", "doas", "runuser", "useradd", "usermod", "userdel",
            "groupadd", "groupmod", "groupdel", "adduser", "addgroup", "deluser", "delgroup", "chpasswd", "passwd",
            "gpasswd", "chage", "getent", "systemctl", "service", "rc-service", "rc-update", "update-rc.d", "chkconfig",
            "initctl", "apt-get", "dpkg", "dpkg-query", "apk", "opkg", "dnf", "yum", "rpm", "hostnamectl", "hostname",
            "timedatectl", "crontab", "sysctl", "locale-gen", "localectl", "tar", "gzip", "unzip", "curl", "wget",
            "nc", "ip", "ss", "find", "readlink", "realpath", "mktemp", "python3", "perl", "awk", "sed", "lsblk",
            "getfacl", "setfacl", "chattr", "lsattr", "chcon", "ssh-keygen", "visudo", "flock",
            "debconf-set-selections", "uci");

    @Override
    public Sh script() {
        return Sh.of("""
                [ -r /etc/os-release ] && while IFS= read -r l; do echo "os $l"; done </etc/os-release
                if [ -d /run/systemd/system ]; then echo init SYSTEMD
                elif [ -x /sbin/procd ] || [ -e /etc/rc.common ]; then echo init PROCD
                elif [ -x /sbin/openrc ] || [ -x /usr/sbin/openrc ] || [ -d /run/openrc ]; then echo init OPENRC
                elif [ -d /etc/init.d ]; then echo init SYSV
                fi
                for t in {}; do command -v "$t" >/dev/null 2>&1 && echo "tool $t"; done; :""", TOOLS);
    }

    @Override
    public Platform parse(Answer answer) {
        Map<String, String> release = new HashMap<>();
        Set<String> tools = new HashSet<>();
        var init = Platform.Init.NONE;
        for (String line : answer.text().lines().toList()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "os" -> {
                    int equals = words[1].indexOf('=');
                    if (equals > 0) {
                        release.put(words[1].substring(0, equals), unquoted(words[1].substring(equals + 1)));
                    }
                }
                case "init" -> init = Platform.Init.valueOf(words[1]);
                case "tool" -> tools.add(words[1]);
                default -> throw new IllegalArgumentException("no answer to the question for the platform: " + line);
            }
        }
        return new Platform(release.getOrDefault("ID", "linux"), release.getOrDefault("VERSION_ID", ""),
                Set.of(release.getOrDefault("ID_LIKE", "").split(" ", -1)), init, packages(tools), tools);
    }

    private static Platform.Packages packages(Set<String> tools) {
        if (tools.contains("apt-get")) {
            return Platform.Packages.APT;
        }
        if (tools.contains("opkg")) {
            return Platform.Packages.OPKG;
        }
        if (tools.contains("apk")) {
            return Platform.Packages.APK;
        }
        return tools.contains("dnf") || tools.contains("yum") ? Platform.Packages.DNF : Platform.Packages.NONE;
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && (value.startsWith("\"") || value.startsWith("'"))
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
