package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The module sd_image, and the role sd_cards, on block devices: loop devices, one of which can't write all that it says it has. */
@Timeout(120)
class SdImageIT {
    private static final int NOTE = 2047 * 512;

    @TempDir
    Path folder = Path.of("");

    @RegisterExtension
    final LoopDevices loops = new LoopDevices();

    private static String run(String... words) throws IOException {
        return BootImage.run(words).strip();
    }

    private String device(Path file, String size) throws IOException {
        run("truncate", "-s", size, file.toString());
        return loops.attach(file);
    }

    private Cli.Said write(String device, boolean force) throws IOException {
        return write("a.img", device, "force: " + force);
    }

    private Cli.Said write(String image, String device, String more) throws IOException {
        Files.writeString(folder.resolve("card.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - sd_image: {image: "%s", device: "%s", %s}
                """.formatted(image, device, more));
        return new Cli(folder, folder.resolve("data")).call("run", "-i", "localhost,", "-c", "local", "-v", "card.yml");
    }

    private static void assertSaid(String part, Cli.Said said) {
        assertTrue(said.out().contains(part), () -> part + ": " + said);
    }

    @Test
    void devices() throws IOException {
        byte[] image = DiskImage.of(18, 0);
        Arrays.fill(image, 446 + 16, 510, (byte) 0);
        Arrays.fill(image, NOTE, 8192 * 512, (byte) 0);
        Files.write(folder.resolve("a.img"), image);
        Path file = folder.resolve("card");
        String card = device(file, "24M");
        assertSaid("Tried to write to " + card + ", but it isn't removable. If it is really meant: force.",
                write(card, false));
        Cli.Said first = write(card, true);
        assertSaid("changed=1", first);
        assertSaid("\"verified\": \"direct\"", first);
        byte[] written = Arrays.copyOf(Files.readAllBytes(file), image.length);
        assertTrue(new String(written, NOTE, 40, StandardCharsets.US_ASCII).startsWith("Bramble wrote this card.\n"));
        Arrays.fill(written, NOTE, NOTE + 512, (byte) 0);
        assertArrayEquals(image, written);
        assertSaid("changed=0", write(card, true));

        String small = device(folder.resolve("small"), "9M");
        assertSaid(small + ", but it is too small: it has 9.4 MB, and the image has 18.9 MB.", write(small, true));

        run("gzip", "-k", folder.resolve("a.img").toString());
        assertSaid(small + ", but it is too small: it has 9.4 MB, and the image has 18.9 MB.",
                write(folder.resolve("a.img.gz").toString(), small, "force: true, remote_src: true"));
        assertArrayEquals(new byte[9 << 20], Files.readAllBytes(folder.resolve("small")));

        String under = device(folder.resolve("under"), "24M");
        String over = loops.attach(Path.of(under), "--offset", "1048576");
        assertSaid(under + " is attached to " + over + ".", write(under, true));

        run("mkfs.ext4", "-q", small);
        Path place = Files.createDirectory(folder.resolve("my place"));
        loops.mount(place, small);
        assertSaid(small + " is mounted on " + place, write(small, true));

        Path full = Files.createDirectory(folder.resolve("full"));
        loops.mount(full, "-t", "tmpfs", "-o", "size=9m", "none");
        String broken = device(full.resolve("card"), "24M");
        Cli.Said said = write(broken, true);
        assertSaid("Tried to write to " + broken + ", but at 18.9 MB it failed (Input/output error): is it broken, or",
                said);
        assertEquals(2, said.code());
    }

    /** The role sd_cards: a golden image on two cards, of which each becomes its node's, and the deployer's card is kept. */
    @Test
    void goldenCards() throws IOException {
        LivedCard golden = LivedCard.of(folder, false);
        Path kept = Files.copy(golden.image(), folder.resolve("deployer"));
        Path program = Files.writeString(folder.resolve("bramble"), "#!/bin/sh\nexec '%s/bin/java' -cp '%s' %s \"$@\"\n"
                .formatted(System.getProperty("java.home"), System.getProperty("java.class.path"),
                        Main.class.getName()));
        run("chmod", "+x", program.toString());
        Path inventory = Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: alice, image_address: "{{ ansible_host }}/24"}
                  children:
                    card_readers:
                      hosts: {localhost: {ansible_connection: local}}
                      vars:
                        sd_cards_image: %s
                        sd_cards_golden: true
                        sd_cards_force: true
                        sd_cards_devices: {alpha: %s, beta: %s}
                        sd_cards_backups: [{source: %s, file: %s}]
                        sd_cards_bramble: %s
                  hosts:
                    alpha: {ansible_host: 192.168.10.6}
                    beta: {ansible_host: 192.168.10.8}
                """.formatted(golden.image(), device(folder.resolve("one"), "32M"),
                device(folder.resolve("two"), "48M"), loops.attach(kept), folder.resolve("psi.img.xz"), program));
        try (RoleLab lab = RoleLab.without(folder, inventory)) {
            lab.settles(0, RoleLab.PROJECT.resolve("playbooks/cards.yml").toString());
            lab.write("verify.yml", """
                    - hosts: card_readers
                      become: true
                      gather_facts: false
                      tasks: [include_role: {name: sd_cards, tasks_from: verify}]
                    """);
            lab.plays("verify.yml");
            LivedCard alpha = golden.at(folder.resolve("one"));
            LivedCard beta = golden.at(folder.resolve("two"));
            for (LivedCard card : List.of(alpha, beta)) {
                boolean first = card.equals(alpha);
                assertTrue(card.boot("firstrun.sh").contains("name='" + (first ? "alpha'" : "beta'")));
                assertTrue(card.boot("firstrun.sh").contains("192.168.10." + (first ? "6/24" : "8/24")));
                assertTrue(card.boot("cmdline.txt").contains("root=PARTUUID=" + card.seen("UUID", 2)));
                assertEquals(String.valueOf((first ? 32 : 48) * 2048 - LivedCard.ROOT), card.seen("SECTORS", 2));
            }
            assertNotEquals(alpha.seen("UUID", 2), beta.seen("UUID", 2));
            assertNotEquals(alpha.root("/etc/machine-id"), beta.root("/etc/machine-id"));
            String known = Files.readString(folder.resolve("data/known_hosts"));
            assertTrue(known.contains("192.168.10.6") && known.contains("192.168.10.8"), known);
            run("cp", folder.resolve("two").toString(), folder.resolve("one").toString());
            Cli.Said mixedUp = lab.play("verify.yml");
            assertTrue(mixedUp.code() == 2 && mixedUp.out().contains("failed: [localhost] (item=alpha)"),
                    mixedUp::toString);
        }
    }

    @Test
    void aGoldenImageWithAGuidPartitionTableGrowsToItsCard() throws IOException {
        LivedCard golden = LivedCard.of(folder, true);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  hosts:
                    localhost: {ansible_connection: local}
                    pi3: {ansible_user: alice, ansible_host: 192.168.10.6}
                """);
        Path file = folder.resolve("one");
        Files.writeString(folder.resolve("card.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - sd_image: {image: "%s", device: "%s", node: pi3, golden: true, force: true}
                """.formatted(golden.image(), device(file, "40M")));
        var cli = new Cli(folder, folder.resolve("data"));
        assertSaid("changed=1", cli.call("run", "-i", "cluster.yml", "card.yml"));
        LivedCard card = golden.at(file);
        assertEquals("81880", String.valueOf(LivedCard.ROOT + Integer.parseInt(card.seen("SECTORS", 2))));
        assertNotEquals(LivedCard.MACHINE_ID, card.root("/etc/machine-id").strip());
        String id = card.seen("UUID", 2);
        assertNotEquals(LivedCard.partUuid(true, 2), id);
        assertSaid("changed=0", cli.call("run", "-i", "cluster.yml", "card.yml"));
        byte[] lost = Files.readAllBytes(file);
        Arrays.fill(lost, 512, 1024, (byte) 0);
        assertEquals(id, golden.at(Files.write(folder.resolve("lost"), lost)).seen("UUID", 2),
                "by the copy at its end");
    }

    @Test
    void aCardThatIsMountedWhileTheImageComesIsNotWrittenOver() throws IOException {
        LivedCard golden = LivedCard.of(folder, false);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  hosts:
                    localhost: {ansible_connection: local}
                    pi3: {ansible_user: alice, ansible_host: 192.168.10.6}
                """);
        String device = device(folder.resolve("card"), "160M");
        run("mkfs.ext4", "-q", device);
        Path place = Files.createDirectory(folder.resolve("place"));
        try (var server = new ImageServer(true)) {
            byte[] image = Files.readAllBytes(golden.image());
            String address = server.put("a.img", Arrays.copyOf(image, image.length + (80 << 20)));
            server.at(80 << 20, // much more than comes before the first look
                    () -> loops.mount(place, "-o", "ro", device));
            Files.writeString(folder.resolve("card.yml"), """
                    - hosts: localhost
                      gather_facts: false
                      tasks:
                        - sd_image: {image: "%s", device: "%s", node: pi3, golden: true, force: true}
                    """.formatted(address, device));
            Cli.Said said = new Cli(folder, folder.resolve("data")).call("run", "-i", "cluster.yml", "card.yml");
            assertSaid("Tried to write to " + device + ", but " + device + " is mounted on " + place, said);
        }
    }

    @Test
    void aDeviceThatGoesAwayLeavesNoFileOfItsName() throws IOException {
        byte[] image = DiskImage.of(40, 512);
        String device = device(folder.resolve("card"), "48M");
        Path node = folder.resolve(Path.of(device).getFileName());
        for (String verify : List.of("true", "false")) {
            run("cp", "-a", device, node.toString());
            try (var server = new ImageServer(true)) {
                String address = server.put("a.img", image);
                server.at(30 << 20, () -> Files.delete(node));
                Cli.Said said = write(address, node.toString(), "force: true, verify: " + verify);
                assertEquals(2, said.code(), said::toString);
                assertSaid("it failed (No such device): is it broken, or was it pulled out?", said);
                assertTrue(Files.notExists(node), "dd would have made a file of it");
            }
        }
    }

    @Test
    void whatSomebodyHoldsIsNotWrittenOver() throws IOException, InterruptedException {
        Files.write(folder.resolve("a.img"), DiskImage.of(18, 512));
        Path file = folder.resolve("card");
        String device = device(file, "24M");
        run("mkfs.ext4", "-q", device);
        Path place = Files.createDirectory(folder.resolve("place"));
        byte[] before;
        Process holder = new ProcessBuilder("unshare", "-m", "sh", "-c",
                "mount -o ro '" + device + "' '" + place + "' && echo held && read -r end").start();
        try { // mounted where nobody else sees it
            assertEquals('h', holder.getInputStream().read());
            before = Files.readAllBytes(file);
            assertSaid("Tried to write to " + device + ", but a program of the node holds it for itself.",
                    write(device, true));
            assertArrayEquals(before, Files.readAllBytes(file));
        } finally {
            holder.getOutputStream().close();
            holder.waitFor();
        }
        assertSaid("changed=1", write(device, true));
    }
}
