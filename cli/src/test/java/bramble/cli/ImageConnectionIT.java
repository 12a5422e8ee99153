package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code connection: image}: roles that are for live nodes are played in the image of a card, and this machine stays as it was. */
class ImageConnectionIT {
    private static final int MEGABYTE = 1 << 20;
    private static final String ROLES = """
            - hosts: all
              become: true
              roles: [hostname, timezone, users, sysctl, kernel_modules, motd, sshd, cron_jobs, logrotate]
            """;

    @TempDir
    Path folder = Path.of("");

    private Path image = Path.of("");
    private RoleLab here = RoleLab.without(folder, folder);

    @BeforeEach
    void inventory() throws IOException {
        image = folder.resolve("card.img");
        Path inventory = Files.writeString(folder.resolve("inventory.yml"), """
                all:
                  hosts:
                    golden:
                      ansible_connection: image
                      ansible_host: card.img
                """);
        here = RoleLab.without(folder, inventory);
        here.write("roles.yml", ROLES);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains("bramble-image"));
        assertFalse(here.run("losetup", "--all").contains(folder.toString()));
    }

    @Test
    void playsRolesInAnImage() throws Exception {
        card(debian());
        String host = here.run("hostname");
        String redirects = Files.readString(Path.of("/proc/sys/net/ipv4/conf/all/send_redirects"));

        Cli.Said said = here.settles(0, "roles.yml");

        assertTrue(said.toString().contains("The boot partition of "), said::toString); // it is empty
        here.write("look.yml", """
                - hosts: all
                  gather_facts: false
                  tasks:
                    - command: cat /etc/hostname /etc/timezone
                    - command: systemctl is-enabled ssh
                    - command: find /boot -mindepth 1
                    - copy: {content: "x", dest: /boot/config.txt}
                      ignore_errors: true
                """);
        String seen = here.plays("look.yml", "-v").toString();
        assertTrue(seen.contains("golden\\nEurope") || seen.contains("golden\\nEtc/UTC"), seen);
        assertTrue(seen.contains("\"enabled\"") && seen.contains("Read-only file system"), seen);
        assertEquals(host, here.run("hostname"));
        assertEquals(redirects, Files.readString(Path.of("/proc/sys/net/ipv4/conf/all/send_redirects")));
        here.run("e2fsck", "-fn", image + "?offset=" + 2 * MEGABYTE);
    }

    @Test
    void whatCannotBeMountedIsNamed() throws Exception {
        assertSaid("there is no such image");
        Files.write(image, new byte[MEGABYTE]);
        assertSaid("it has no partition with a Linux system");
        Files.write(image, new byte[]{(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 0, 0});
        assertSaid("it is packed: unpack it first, by xz -d -k");
        Path tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("bin"));
        byte[] foreign = Files.readAllBytes(Path.of("/bin/true"));
        ByteBuffer.wrap(foreign).order(ByteOrder.LITTLE_ENDIAN).putShort(18, (short) 183);
        Files.write(tree.resolve("bin/sh"), foreign);
        assertTrue(tree.resolve("bin/sh").toFile().setExecutable(true));
        card(tree);
        assertSaid("its programs are for aarch64");
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            assertTrue(channel.tryLock() != null);
            assertSaid("another run has it in use");
        }
    }

    private void assertSaid(String why) {
        Cli.Said said = here.play("roles.yml");
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.toString().contains("UNREACHABLE") && said.toString().contains(why), said::toString);
    }

    /** An image with an empty boot partition of 1 MB, and the tree in the second one. */
    private void card(Path tree) throws IOException {
        Path system = folder.resolve("system");
        Files.deleteIfExists(image);
        long bytes = Long.parseLong(here.run("du", "-sb", tree.toString()).split("\\s", 2)[0]) * 3 / 2 + 16 * MEGABYTE;
        long sectors = bytes / MEGABYTE * 2048;
        here.run("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), system.toString(), sectors / 2 + "k");
        try (var file = new RandomAccessFile(image.toFile(), "rw"); FileChannel from = FileChannel.open(system)) {
            ByteBuffer record = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            record.put(446 + 4, (byte) 0x0c).putInt(446 + 8, 2048).putInt(446 + 12, 2048);
            record.put(462 + 4, (byte) 0x83).putInt(462 + 8, 4096).putInt(462 + 12, (int) sectors);
            record.putShort(510, (short) 0xaa55);
            file.write(record.array());
            for (long at = 0; at < from.size();) {
                at += file.getChannel().transferFrom(from, 2L * MEGABYTE + at, from.size() - at);
            }
        }
        Files.delete(system);
    }

    /** What the Debian nodes of the lab are made from. */
    private Path debian() throws IOException {
        here.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "base");
        try (Stream<Path> trees = Files.list(Path.of("/var/lib/bramble-lab/base"))) {
            return trees.filter(tree -> tree.getFileName().toString().startsWith("debian.")).findFirst().orElseThrow();
        }
    }
}
