package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bramble.cli.BootImage.Release;
import bramble.testkit.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine with a kernel of its own starts from a card that Bramble wrote, is provisioned, and cloned while it runs. */
@Order(1)
@Timeout(300)
class VirtualMachineIT {
    private static final String SITE = """
            - hosts: all
              become: true
              tasks:
                - copy: {content: "of the site\\n", dest: /etc/site}
                - copy: {content: "as well\\n", dest: /boot/firmware/site.txt}
                - sysctl: {name: vm.swappiness, value: 7, sysctl_set: true}
                - service: {name: cron, state: started, enabled: true}
            """;

    /**
     * What Debian has otherwise than the lab's nodes, whose kernel is this machine's, and their network the lab's; without what takes
     * long at a first start and isn't needed here.
     */
    private static final String MACHINE = """
            rm -rf usr/lib/*/perl usr/share/perl usr/lib/*/gconv usr/lib/udev/hwdb* usr/share/zoneinfo/right usr/lib/python3*
            find etc/systemd/system -lname /dev/null -delete
            for unit in systemd-hwdb-update systemd-journal-catalog-update systemd-timesyncd; do
              ln -s /dev/null etc/systemd/system/$unit.service
            done
            cp -a "$(echo /var/lib/bramble-lab/base/kernel.*/usr)" .
            echo 'PARTUUID=4d3ee428-01 /boot/firmware vfat defaults 0 0' >>etc/fstab
            printf '[Match]\\nName=e*\\n[Network]\\nDHCP=yes\\n' >etc/systemd/network/wired.network
            ln -s /lib/systemd/system/systemd-networkd.service etc/systemd/system/multi-user.target.wants/
            """;

    @TempDir
    Path folder = Path.of("");

    @Test
    void startsFromItsCard() throws Exception {
        Lab.needsRoot();
        String missing = VirtualMachine.missing();
        assumeTrue(missing.isEmpty(), missing);
        RoleLab here = RoleLab.without(folder, folder);
        here.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "base", "debian", "kernel");
        BootImage.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("key").toString());
        Files.writeString(folder.resolve("site.yml"), SITE);
        Files.createFile(folder.resolve("card"));
        int port = VirtualMachine.freePort();
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars:
                    ansible_user: alice
                    ansible_ssh_private_key_file: %s
                    ansible_ssh_common_args: -F none
                    users_list: [{name: alice, keys: ["{{ lookup('file', 'key.pub') }}"], sudo: true}]
                    timezone_name: Europe/Berlin
                    rebuild_playbooks: [site.yml]
                  hosts:
                    pi3: {ansible_host: 127.0.0.1, ansible_port: %d}
                """.formatted(folder.resolve("key"), port));
        Map<String, String> boot = new HashMap<>(Release.BOOKWORM.files());
        boot.computeIfPresent("cmdline.txt", (_, words) -> words.replaceAll(" init=\\S+", ""));
        SystemImage.of(folder.resolve("golden.img"), boot, MACHINE);
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said written = cli.call("image", "write", "-i", "cluster.yml", "golden.img", "card", "--node", "pi3",
                "--force", "--yes");
        assertEquals(0, written.code(), written::toString);
        try (var machine = VirtualMachine.on(folder.resolve("card"), port)) {
            Cli.Said back = cli.call("rebuild", "-i", "cluster.yml", "pi3", "--wait", "3");
            assertTrue(back.code() == 0 && back.out().contains("pi3 is back"), () -> back + machine.console());
            Cli.Said again = cli.call("run", "-i", "cluster.yml", "site.yml");
            assertTrue(again.code() == 0 && again.out().contains("changed=0"), again::toString);
            Cli.Said looked = cli.call(Stream.of("exec", "-i", "cluster.yml", "pi3", "-b", "-m", "shell", "-a",
                    "hostname; "
                            + "cat /etc/timezone /proc/sys/vm/swappiness; findmnt -no FSTYPE /boot/firmware; "
                            + "ls /boot/firmware; cat /var/log/bramble-first-boot.log; sync")
                    .toList());
            assertTrue(looked.out().contains("pi3\nEurope/Berlin\n7\nvfat\n") && looked.out().contains("site.txt")
                    && !looked.out().contains("firstrun") && !looked.out().contains("Tried to"), looked::toString);
            assertTrue(machine.console().contains("pi3 login:"), machine::console);
            clones(cli);
        }
        assertFalse(SystemImage.text(folder.resolve("card"), "cmdline.txt").contains("systemd"));
        assertEquals("as well\n", SystemImage.text(folder.resolve("card"), "site.txt"));
    }

    /** What the machine runs from, as an image: of a disk in use, over SSH. */
    private void clones(Cli cli) throws Exception {
        Cli.Said said = cli.call("image", "clone", "-i", "cluster.yml", "pi3", "clone.img");
        assertTrue(said.code() == 0 && said.out().contains("Cloning /dev/nvme0n1 of pi3, ")
                && said.out().contains("/boot/firmware is mounted from it"),
                said::toString);
        Path image = folder.resolve("clone.img");
        assertEquals("as well\n", SystemImage.text(image, "site.txt"));
        String root = SystemImage.root(image).toString();
        BootImage.run("e2fsck", "-E", "journal_only", "-y", root);
        BootImage.run("e2fsck", "-fn", root);
        assertEquals("of the site\n",
                BootImage.run("debugfs", "-R", "cat /etc/site", root).replaceFirst("debugfs .*\n", ""));
    }
}
