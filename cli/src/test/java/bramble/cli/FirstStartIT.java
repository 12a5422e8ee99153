package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.cli.BootImage.Release;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real node that does what its boot partition says: it is the one that the inventory has, Bramble knows it by the key that it
 * was given, also on its next card, and nobody else in its place.
 */
@Timeout(240)
class FirstStartIT {
    private static final String SUBNET = "10.77.105";
    private static final String STRANGER = "its host key is not the one that this node was given";

    @TempDir
    Path folder = Path.of("");

    private Cli cli = new Cli(folder, folder);

    @Test
    void isBornAndBornAgain() throws Exception {
        cli = new Cli(folder, folder.resolve("data"));
        BootImage.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("key").toString());
        Files.writeString(folder.resolve("known"), "");
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars:
                    ansible_user: alice
                    ansible_ssh_private_key_file: %s
                    ansible_ssh_common_args: -F none -o UserKnownHostsFile=%s -o GlobalKnownHostsFile=none
                    users_list: [{name: alice, keys: ["{{ lookup('file', 'key.pub') }}"], sudo: true}]
                    timezone_name: Europe/Berlin
                    image_keyboard: gb
                    image_address: "{{ ansible_host }}/24"
                    image_nameservers: [9.9.9.9]
                    image_wifi_ssid: "It's ours"
                    image_wifi_password: correct horse
                  hosts:
                    pi3: {ansible_host: %s.13}
                """.formatted(folder.resolve("key"), folder.resolve("known"), SUBNET));
        BootImage first = image();
        try (RoleLab lab = RoleLab.up("born", SUBNET, folder, "node .13 debian\n")) {
            refused();
            start(lab, first);
            looksRight(lab);
            assertEquals(0, said("-m", "ping").code(), () -> said("-m", "ping").toString());
            assertEquals("pi3 root Europe/Berlin", said("-b", "-m", "shell", "-a",
                    "echo \"$(hostname) $(id -un) $(cat /etc/timezone)\"").out().lines().toList().getLast());

            lab.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "reset", "--new-identity", "node");
            refused();
            String before = Files.readString(folder.resolve("data/known_hosts"));
            start(lab, image());
            assertEquals(0, said("-m", "ping").code(), () -> said("-m", "ping").toString());
            assertEquals(before, Files.readString(folder.resolve("data/known_hosts")));
            rebuilt();
        }
    }

    /** The same by one command, from the card to the play. */
    private void rebuilt() throws IOException {
        Files.writeString(folder.resolve("site.yml"),
                "- {hosts: all, become: true, tasks: [{copy: {content: x, dest: /etc/site}}]}\n");
        Files.createFile(folder.resolve("new.img"));
        Cli.Said back = cli.call("rebuild", "-i", "cluster.yml", "pi3", "-p", "site.yml", "--image", "card.img",
                "--device",
                "new.img", "--force", "--yes", "--wait", "1");
        assertEquals(0, back.code(), back::toString);
        assertTrue(back.out().contains("Put the card into pi3") && back.out().contains("pi3 answers.")
                && back.out().contains("changed=1") && back.out().contains("pi3 is back"), back::toString);
        assertEquals(-1, Files.mismatch(folder.resolve("card.img"), folder.resolve("new.img")));
    }

    private BootImage image() throws IOException {
        BootImage image = BootImage.of(Release.BOOKWORM, folder);
        Cli.Said said = cli.call("image", "customise", "-i", "cluster.yml", "card.img", "--node", "pi3");
        assertEquals(0, said.code(), said::toString);
        return image;
    }

    private Cli.Said said(String... more) {
        return cli.call(Stream.concat(Stream.of("exec", "-i", "cluster.yml", "pi3"), Stream.of(more)).toList());
    }

    private void refused() {
        Cli.Said said = said("-m", "ping");
        assertTrue(said.code() == 4 && said.toString().contains(STRANGER), said::toString);
    }

    /** Has the node do what systemd would have it do. */
    private static void start(RoleLab lab, BootImage image) throws IOException {
        inNode(lab, "mkdir -p /boot/firmware; touch /etc/dhcpcd.conf");
        for (String name : List.of("cmdline.txt", "firstrun.sh")) {
            inNode(lab, "echo " + Base64.getEncoder().encodeToString(image.text(name).getBytes(StandardCharsets.UTF_8))
                    + " | base64 -d >/boot/firmware/" + name);
        }
        inNode(lab, "sh /boot/firmware/firstrun.sh && systemctl restart ssh");
    }

    private static void looksRight(RoleLab lab) {
        String log = inNode(lab, "cat /var/log/bramble-first-boot.log");
        assertFalse(log.contains("Tried to"), log);
        assertEquals("", inNode(lab, "find /boot/firmware -name 'firstrun*'"));
        String words = inNode(lab, "cat /boot/firmware/cmdline.txt");
        assertTrue(words.contains("root=PARTUUID=4d3ee428-02") && !words.contains("systemd"), words);
        assertEquals("ssh_host_ed25519_key\nssh_host_ed25519_key.pub\n", inNode(lab, "ls /etc/ssh | grep host_"));
        assertEquals("600 root", inNode(lab, "stat -c '%a %U' /etc/ssh/ssh_host_ed25519_key").strip());
        assertTrue(inNode(lab, "getent passwd 1000").startsWith("alice:"));
        assertEquals("127.0.1.1\tpi3\n", inNode(lab, "grep ^127.0.1.1 /etc/hosts"));
        assertTrue(inNode(lab, "cat /etc/dhcpcd.conf").contains("static ip_address=" + SUBNET + ".13/24\n"
                + "static domain_name_servers=9.9.9.9\n"));
        assertTrue(inNode(lab, "cat /etc/wpa_supplicant/wpa_supplicant.conf").contains("ssid=\"It's ours\""));
        assertTrue(inNode(lab, "sshd -T").contains("passwordauthentication no\n"));
        assertFalse(inNode(lab, "grep -c BEGIN /boot/firmware/* || true").contains(":1"));
    }

    /** Runs a command as root on the node, where nobody has logged in. */
    private static String inNode(RoleLab lab, String command) {
        String pid = lab.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "status").lines()
                .filter(line -> line.startsWith("node ")).findFirst().orElseThrow().split("\\s+", -1)[4];
        return lab.run("nsenter", "-t", pid, "-m", "-u", "-i", "-n", "-p", "sh", "-c", command);
    }
}
