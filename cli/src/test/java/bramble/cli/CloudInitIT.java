package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.cli.BootImage.Release;
import bramble.testkit.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a card tells cloud-init, Debian's own cloud-init and netplan understand: in a tree of theirs, without a node. What they
 * made of it stands in src/test/resources/image, renewed with {@code -Dbramble.golden.update=true}.
 */
@Timeout(120)
class CloudInitIT {
    private static final List<String> NODES = List.of("odd", "air");
    private static final String INVENTORY = """
            all:
              hosts:
                odd:
                  ansible_host: 192.168.1.13
                  hostname_name: a-name-that-is-as-long-as-the-name-of-a-host-can-be-in-the-dns0
                  users_list:
                    - name: o-dd_1
                      keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH9WhVRNx0yJHo0uCqCsw6Ff0RRn/R7jRgL9oBwMbRY+ "It''s": #1']
                      password: $6$salt$hashhashhash
                      sudo: true
                  ansible_user: o-dd_1
                  locale_default: de_DE.UTF-8
                  timezone_name: America/Argentina/Buenos_Aires
                  image_keyboard: "no"
                  image_address: "{{ ansible_host }}/24"
                  image_gateway: 192.168.1.1
                  image_nameservers: [192.168.1.1, 9.9.9.9]
                  image_search: [cluster.lan, "yes"]
                  image_wifi_ssid: 'Ü "q" \\: #'
                  image_wifi_password: "correct: horse #'"
                  image_wifi_country: "NO"
                  image_host_ca: authority
                air:
                  hostname_name: "007"
                  ansible_user: pi
                  image_interface: wlan0
                  image_address: 10.0.0.2/8
                  image_search: [cluster.lan]
                  image_wifi_ssid: "12"
                  image_wifi_hidden: true
                  image_host_key: false
            """;

    /** Asks each about each node; what they write goes with the script's own mounts. */
    private static final String ASK = """
            set -eu
            base=$1 told=$2 scratch=$3
            mount -t tmpfs none "$scratch"
            mkdir "$scratch/up" "$scratch/work" "$scratch/root"
            mount -t overlay overlay -o "lowerdir=$base,upperdir=$scratch/up,workdir=$scratch/work" "$scratch/root"
            cd "$scratch/root"
            mount --bind /dev dev
            cp -r "$told" told
            for node in told/*; do
              chroot . cloud-init schema -c "/$node/user-data"
              chroot . cloud-init schema -t network-config -c "/$node/network-config"
              mkdir -p "$node/etc/netplan" "$node/lib/netplan"
              echo 'network: {version: 2, renderer: NetworkManager}' >"$node/lib/netplan/00-network-manager-all.yaml"
              cp "$node/network-config" "$node/etc/netplan/50-cloud-init.yaml"
              chmod 0600 "$node"/*/netplan/*
              chroot . /usr/libexec/netplan/generate --root-dir "/$node"
              cat "$node"/run/NetworkManager/system-connections/*
              chroot . python3 -c "$4" "/$node"
            done
            """;

    /** What of it YAML's usual reader makes a value other than the text that was meant. */
    private static final String READ = """
            import sys, yaml
            user = yaml.safe_load(open(sys.argv[1] + "/user-data"))
            meta = yaml.safe_load(open(sys.argv[1] + "/meta-data"))
            print([user["hostname"], user.get("keyboard"), user["user"], meta["local-hostname"]])
            """;

    @TempDir
    Path folder = Path.of("");

    @Test
    void debiansOwnToolsTakeIt() throws IOException {
        Lab.needsRoot();
        BootImage.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "base", "debian", "cloudinit");
        BootImage.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("authority").toString());
        Files.writeString(folder.resolve("cluster.yml"), INVENTORY);
        var cli = new Cli(folder, folder.resolve("data"));
        Path told = folder.resolve("told");
        for (String node : NODES) {
            BootImage image = BootImage.of(Release.TRIXIE, folder);
            Cli.Said said = cli.call("image", "customise", "-i", "cluster.yml", "card.img", "--node", node);
            assertEquals(0, said.code(), said::toString);
            for (String file : List.of("user-data", "network-config", "meta-data")) {
                Files.writeString(Files.createDirectories(told.resolve(node)).resolve(file), image.text(file));
            }
        }
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        String answer = BootImage.run("unshare", "--mount", "--propagation", "private", "sh", "-c", ASK, "sh",
                tree().toString(), told.toString(), scratch.toString(), READ);
        Path golden = Path.of("src/test/resources/image/debians-own-tools.txt");
        if (Boolean.getBoolean("bramble.golden.update")) {
            Files.writeString(golden, answer);
        }
        assertEquals(Files.readString(golden), answer);
    }

    private static Path tree() throws IOException {
        try (Stream<Path> trees = Files.list(Path.of("/var/lib/bramble-lab/base"))) {
            List<Path> found = trees.filter(tree -> tree.getFileName().toString().startsWith("cloudinit.")).toList();
            assertTrue(!found.isEmpty(), "there is no tree with cloud-init");
            return found.getFirst();
        }
    }
}
