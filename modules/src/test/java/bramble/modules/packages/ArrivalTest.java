package bramble.modules.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bramble.module.Effect;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files that aren't there a package may bring. */
class ArrivalTest {
    @ParameterizedTest
    @CsvSource({
        "tree, /etc/foo/bar.conf, false",
        "tree, /etc/motd.d/note, false",
        "tree, /etc/systemd/system/weather.service, false",
        "tree, /usr/bin/weather, true",
        "tree, /var/lib/weather, true",
        "tree, /srv/media, false",
        "tftpd-hpa, /srv/tftp, true",
        "vsftpd, /srv/ftp, true",
        "tree, /opt/tree, false",
        "nginx-common, /etc/nginx/conf.d/site.conf, true",
        "openssh-server, /etc/ssh/sshd_config.d, true",
        "openssh-server, /etc/default/keyboard, false",
        "wpasupplicant, /etc/wpa_supplicant/wpa.conf, true",
        "network-manager, /etc/NetworkManager/conf.d/a.conf, true",
        "bind9, /etc/bind/named.conf.local, true",
        "ca-certificates, /etc/ssl/certs/a.pem, true",
        "mariadb-server mysql-common, /etc/mysql/conf.d/own.cnf, true",
        "unattended-upgrades, /etc/apt/apt.conf.d/50unattended-upgrades, true",
        "docker.io, /etc/docker/daemon.json, true",
    })
    void aFileOfAPackage(String packages, String path, boolean may) {
        var effect = (Effect.Unknown) Arrival.of(List.of(packages.split(" ", -1)));
        var absent = new PathState.Absent(path, NodePath.parent(path), false);
        assertEquals(may, effect.which().test(new PathFact(path), absent));
    }
}
