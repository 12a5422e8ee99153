package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a card on which a system has run: each becomes one of its own, or the very same, {@code bramble image restore}. */
@Timeout(120)
class ImageRestoreTest {
    @TempDir
    Path folder = Path.of("");

    private Cli.Said restore(String... words) {
        var all = new ArrayList<>(List.of("image", "restore", "--force", "--yes"));
        all.addAll(List.of(words));
        return new Cli(folder, folder.resolve("data")).call(all);
    }

    private Path card(String name) throws IOException {
        return Files.write(folder.resolve(name), new byte[5000]);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCopyIsOneOfItsOwn(boolean gpt) throws IOException {
        LivedCard clone = LivedCard.of(folder, gpt);
        byte[] before = Files.readAllBytes(clone.image());
        Cli.Said said = restoreTwo(clone);
        assertArrayEquals(before, Files.readAllBytes(clone.image()));
        LivedCard one = clone.at(folder.resolve("one"));
        LivedCard two = clone.at(folder.resolve("two"));
        for (int number : new int[]{1, 2}) {
            assertNotEquals(one.seen("UUID", number), two.seen("UUID", number));
            assertNotEquals(LivedCard.partUuid(gpt, number), one.seen("UUID", number));
        }
        for (LivedCard card : List.of(one, two)) {
            agrees(card);
            assertFalse(Files.readString(card.image(), StandardCharsets.ISO_8859_1)
                    .contains(LivedCard.partUuid(gpt, 2)), "also what is left of the old cmdline.txt");
            String script = card.boot("firstrun.sh");
            assertTrue(script.contains("ssh-keygen -A") && script.contains("resize2fs \"$root\"")
                    && !script.contains("useradd"), script);
            Path file = Files.writeString(folder.resolve("script"), script);
            BootImage.run("sh", "-n", file.toString());
            assertEquals(LivedCard.ROOT_SECTORS + 4 * 2048 - (gpt ? 40 : 0),
                    Integer.parseInt(card.seen("SECTORS", 2)), "it ends where the card ends");
        }
        assertNotEquals(one.root("/etc/machine-id"), two.root("/etc/machine-id"));
        assertTrue(one.boot("firstrun.sh").contains("name='left'") && two.boot("firstrun.sh").contains("name='right'"));
        assertTrue(said.out().contains("  its root file system grows from 8.4 MB to 12."), said::toString);
        if (gpt) {
            copyIsRight(one);
        }
    }

    @Test
    void whatIsMadeForALargeCardTakesNoMoreRoom() throws IOException {
        LivedCard clone = LivedCard.of(folder, false);
        Path inventory = Files.writeString(folder.resolve("cluster.yml"),
                "all: {hosts: {pi3: {ansible_user: alice, ansible_host: 192.168.10.6}}}\n");
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var session = new Session(nowhere, nowhere, folder, Map.of("BRAMBLE_DATA", folder.resolve("data").toString(),
                "ANSIBLE_INVENTORY", inventory.toString()), List.of("run", "card.yml"), false, false);
        try (FileChannel image = FileChannel.open(clone.image(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = image.size();
            new InventoryStarts(session, session.launch().files(new InventoryFlags())).of("pi3").renew(image, 1L << 36);
            assertEquals(size, image.size());
        }
        assertEquals((1 << 27) - LivedCard.ROOT, Integer.parseInt(clone.seen("SECTORS", 2)));
    }

    private Cli.Said restoreTwo(LivedCard clone) throws IOException {
        card("one");
        card("two");
        Files.write(folder.resolve("a.img.xz"), DiskImage.packed(Files.readAllBytes(clone.image()), "a.img.xz"));
        Cli.Said said = restore("a.img.xz", "one", "two", "--name", "left", "--name", "right");
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.err().contains("WARNING"), said::toString);
        return said;
    }

    private static String text(Map<String, String> files, String name) {
        return files.getOrDefault(name, "");
    }

    /** What names its partitions has the names that they have, and nothing else is other than it was. */
    private static void agrees(LivedCard card) throws IOException {
        boolean gpt = card.gpt();
        String boot = card.seen("UUID", 1);
        String root = card.seen("UUID", 2);
        assertEquals(text(LivedCard.boot(gpt), "cmdline.txt").replace(LivedCard.partUuid(gpt, 2), root).strip()
                + " systemd.run=/boot/firmware/firstrun.sh systemd.run_success_action=reboot "
                + "systemd.run_failure_action=reboot systemd.unit=kernel-command-line.target\n",
                card.boot("cmdline.txt"));
        assertEquals("a kernel\0with zeros", card.boot("kernel8.img"));
        Map<String, String> files = LivedCard.root(gpt);
        files.put("etc/fstab", text(files, "etc/fstab").replaceAll("(?i)" + LivedCard.partUuid(gpt, 1), boot)
                .replace(LivedCard.partUuid(gpt, 2), root));
        for (String path : List.of("etc/machine-id", "var/lib/dbus/machine-id", "var/lib/systemd/random-seed")) {
            assertNotEquals(text(files, path), card.root("/" + path));
        }
        assertTrue(card.root("/etc/machine-id").matches("[0-9a-f]{32}\n"));
        assertEquals(card.root("/etc/machine-id"), card.root("/var/lib/dbus/machine-id"));
        for (String path : List.of("etc/fstab", "etc/hostname", "etc/ssh/ssh_host_ed25519_key")) {
            assertEquals(files.get(path), card.root("/" + path));
        }
    }

    /** The copy of a GUID partition table is taken where the table itself is gone. */
    private void copyIsRight(LivedCard card) throws IOException {
        byte[] all = Files.readAllBytes(card.image());
        Arrays.fill(all, 512, 34 * 512, (byte) 0);
        LivedCard damaged = card.at(Files.write(folder.resolve("damaged"), all));
        for (int number : new int[]{1, 2}) {
            assertEquals(card.seen("UUID,START,SECTORS", number), damaged.seen("UUID,START,SECTORS", number));
        }
    }

    @Test
    void aRootThatIsntTheLastStaysAsItIs() throws IOException {
        LivedCard clone = LivedCard.of(folder, false);
        byte[] all = Files.readAllBytes(clone.image());
        int after = LivedCard.ROOT + LivedCard.ROOT_SECTORS;
        ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).put(482, (byte) 0x83).putInt(486, after).putInt(490, 2048);
        Files.write(clone.image(), all);
        Cli.Said said = restore("clone.img", card("card").toString());
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains(
                "\n  its root file system stays as large as it is: partition 3 comes after partition 2\n"),
                said::toString);
        LivedCard there = clone.at(folder.resolve("card"));
        assertEquals(LivedCard.ROOT_SECTORS, Integer.parseInt(there.seen("SECTORS", 2)));
        assertFalse(there.boot("firstrun.sh").contains("resize2fs"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSameIsTheSame(boolean gpt) throws IOException {
        LivedCard clone = LivedCard.of(folder, gpt);
        Path card = card("card");
        Cli.Said said = restore("clone.img", "card", "--same");
        assertEquals(0, said.code(), said::toString);
        assertEquals(-1, Files.mismatch(clone.image(), card));
        assertTrue(said.out().contains("Nothing of it changes"), said::toString);
        Cli.Said grown = restore("clone.img", "card", "--same", "--grow");
        assertTrue(grown.code() == 0 && grown.out().contains("Nothing of it changes but its size"), grown::toString);
        LivedCard there = clone.at(card);
        assertEquals(LivedCard.partUuid(gpt, 2), there.seen("UUID", 2));
        assertTrue(Integer.parseInt(there.seen("SECTORS", 2)) > LivedCard.ROOT_SECTORS + 4000);
        String script = there.boot("firstrun.sh");
        assertTrue(script.contains("resize2fs") && !script.contains("ssh-keygen") && !script.contains("lease"), script);
        assertEquals(LivedCard.root(gpt).get("etc/fstab"), there.root("/etc/fstab"));
        assertTrue(restore("clone.img", "card", "--grow").toString().contains("grows to its card anyway"));
        assertTrue(restore("clone.img", "card", "--same", "--name", "a").toString().contains("leave out --name"));
        assertTrue(restore("clone.img", "card", "--name", "a_b").toString().contains("can't be a host name"));
        assertTrue(restore("clone.img", "card", "other", "--name", "a", "--name", "a").toString()
                .contains("--name a is said twice"));
        assertTrue(restore("clone.img", "card", "--name", "a", "--name", "b").toString()
                .contains("there is 1 device and 2 names"));
    }

    @Test
    void aCopyBecomesANodes() throws IOException {
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: alice, image_address: "{{ ansible_host }}/24"}
                  hosts: {pi3: {ansible_host: 192.168.1.13}}
                """);
        LivedCard clone = LivedCard.of(folder, false);
        Path card = card("card");
        Cli.Said dry = restore("clone.img", "card", "-i", "cluster.yml", "--node", "pi3", "--dry-run");
        assertTrue(dry.code() == 0 && dry.out().contains("; for pi3\nEach gets ids, a machine-id and host keys"),
                dry::toString);
        assertArrayEquals(new byte[5000], Files.readAllBytes(card));
        Cli.Said said = restore("clone.img", "card", "-i", "cluster.yml", "--node", "pi3");
        assertEquals(0, said.code(), said::toString);
        assertFalse(said.err().contains("WARNING"), said::toString);
        assertTrue(said.out().contains("by which cmdline.txt, /etc/fstab call its partitions")
                && said.out().contains("its host key is SHA256:"), said::toString);
        String script = clone.at(card).boot("firstrun.sh");
        assertTrue(script.contains("name='pi3'") && script.contains("BEGIN OPENSSH PRIVATE KEY")
                && script.contains("resize2fs") && script.contains("useradd") && !script.contains("rename_user")
                && !script.contains("ssh-keygen -A"), script);
        assertTrue(Files.readString(folder.resolve("data/known_hosts")).contains("192.168.1.13"));

        Map<String, String> boot = LivedCard.boot(false);
        boot.putAll(
                Map.of("meta-data", "instance-id: other\n", "user-data", "#cloud-config\n", "network-config", "\n"));
        LivedCard.of(folder, false, boot, LivedCard.root(false), "ext4");
        Cli.Said cloud = restore("clone.img", "card", "-i", "cluster.yml", "--node", "pi3");
        assertTrue(cloud.code() == 0 && cloud.out().contains(", told by cloud-init"), cloud::toString);
        assertTrue(clone.at(card).boot("user-data").contains("resize2fs"), "it grows by cloud-init");
    }

    @Test
    void aNodeIsRebuiltFromACloneAsACopyIsMade() throws IOException {
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: alice}
                  hosts: {pi3: {ansible_host: 127.0.0.1, ansible_port: 1}}
                """);
        Files.writeString(folder.resolve("site.yml"), "- hosts: all\n  tasks: []\n");
        LivedCard clone = LivedCard.of(folder, false);
        var cli = new Cli(folder, folder.resolve("data"));
        Path card = card("card");
        Cli.Said said = cli.call("rebuild", "-i", "cluster.yml", "pi3", "-p", "site.yml", "--image", "clone.img",
                "--device", "card", "--force", "--yes", "--wait", "0");
        assertEquals(4, said.code(), said::toString);
        assertTrue(said.out().contains("it has another machine-id") && said.out().contains("Put the card into pi3")
                && said.out().endsWith("Not back: pi3. The same command goes on with it.\n"), said::toString);
        agrees(clone.at(card));
        String script = clone.at(card).boot("firstrun.sh");
        assertTrue(script.contains("name='pi3'") && script.contains("BEGIN OPENSSH PRIVATE KEY"), script);

        for (String wrong : List.of("pi3 pi3|pi3 is named twice", "pi3 --wait -1|--wait has minutes, 0 or more, not -1",
                "pi3 --image clone.img|there is 1 node and 0 devices")) {
            String[] parts = wrong.split("[|]", -1);
            Cli.Said no = cli.call(Stream.concat(Stream.of("rebuild"), Stream.of(parts[0].split(" ", -1))).toList());
            assertTrue(no.code() == 2 && no.err().contains(parts[1]), no::toString);
        }

        card("other");
        Cli.Said written = cli.call("image", "write", "--force", "--yes", "clone.img", "other", "-i", "cluster.yml",
                "--node", "pi3");
        assertTrue(written.code() == 0 && written.err().contains("A system has run from this image already.")
                && written.err().contains("bramble image restore"), written::toString);
    }

    /** Each is told, and what can't become one of its own isn't finished. */
    @Test
    void whatCannotBecomeOneOfItsOwn() throws IOException {
        Map<String, String> boot = LivedCard.boot(false);
        Map<String, String> root = LivedCard.root(false);
        Map<String, String> silent = LivedCard.boot(false);
        silent.put("cmdline.txt", "console=tty1\n");
        Map<String, String> elsewhere = LivedCard.boot(false);
        elsewhere.put("cmdline.txt", "console=tty1 root=PARTUUID=00000000-07\n");
        Map<String, String> empty = LivedCard.root(false);
        empty.put("etc/machine-id", "");
        empty.put("var/lib/dbus/machine-id", "what?\n");
        Map<String, String> other = LivedCard.boot(false);
        other.remove("issue.txt");
        Map<String, String> foreign = LivedCard.boot(false);
        foreign.put("firstrun.sh", "#!/bin/sh\nrm -rf /\n");

        Cli.Said btrfs = finished(boot, Map.of(), "none");
        assertTrue(btrfs.err().contains("It has no root file system of ext2, ext3 or ext4"), btrfs::toString);
        LivedCard card = new LivedCard(folder.resolve("card"), false, LivedCard.ROOT_SECTORS);
        assertEquals("4d3ee428-02", card.seen("UUID", 2), "what it may be named by stays");
        assertTrue(card.boot("firstrun.sh").contains("systemd-machine-id-setup"));

        assertTrue(finished(silent, root, "ext4").err().contains("says no root=: "));
        assertTrue(
                finished(elsewhere, root, "ext2").err().contains("says root=PARTUUID=00000000-07, and no partition"));
        Cli.Said named = finished(boot, empty, "ext3");
        assertTrue(named.err().contains("The host name, golden, stays as the image has it"), named::toString);
        assertEquals("", card.root("/etc/machine-id"));
        assertTrue(card.boot("firstrun.sh").contains("systemd-machine-id-setup"), "of the odd one");
        assertTrue(finished(other, root, "ext4").out().contains("a system with systemd, told by firstrun.sh"));

        refused(other, Map.of("etc/fstab", "# nothing\n"), "its system can't be told what to do at its first start");
        refused(foreign, root, "there is a firstrun.sh on it which Bramble didn't write");
        Map<String, String> several = LivedCard.boot(false);
        several.put("cmdline.txt", "console=tty1\nroot=/dev/mmcblk0p2\n");
        refused(several, root, "its cmdline.txt has several lines");
        LivedCard clone = LivedCard.of(folder, false);
        byte[] bytes = Files.readAllBytes(clone.image());
        Arrays.fill(bytes, LivedCard.BOOT * 512, LivedCard.ROOT * 512, (byte) 0);
        Files.write(clone.image(), bytes);
        refusedBefore("clone.img",
                "its partition 1 can't be used: there is no FAT file system in it (with --same it stays as it is).");
        Files.write(folder.resolve("clone.img.gz"), DiskImage.packed(bytes, "clone.img.gz"));
        refusedBefore("clone.img.gz", "there is no FAT file system in it");
        bytes[450] = (byte) 0x83;
        Files.write(clone.image(), bytes);
        refusedBefore("clone.img", "it has no FAT partition, from which a Raspberry Pi would start");
        LivedCard.of(folder, false);
        bytes = Files.readAllBytes(clone.image());
        bytes[LivedCard.ROOT * 512 + 1024 + 24] = 77; // the size of its blocks
        Files.write(clone.image(), bytes);
        refused("its partition 2 can't be used: its ext file system is damaged");
        LivedCard.of(folder, true);
        bytes = Files.readAllBytes(clone.image());
        bytes[600]++;
        Files.write(clone.image(), bytes);
        refused("its GUID partition table is damaged");
    }

    private Cli.Said finished(Map<String, String> boot, Map<String, String> root, String kind) throws IOException {
        LivedCard.of(folder, false, boot, root, kind);
        card("card");
        Cli.Said said = restore("clone.img", "card");
        assertEquals(0, said.code(), said::toString);
        return said;
    }

    private void refused(Map<String, String> boot, Map<String, String> root, String why) throws IOException {
        LivedCard.of(folder, false, boot, root, "ext4");
        refused(why);
    }

    private void refusedBefore(String image, String why) throws IOException {
        Path card = card("card");
        Cli.Said said = restore(image, "card");
        assertEquals(1, said.code(), said::toString);
        assertTrue(said.err().contains("Tried to make " + card.toRealPath() + " a card of its own, but " + why)
                || said.err().contains("can't be used: " + why), said::toString);
        assertArrayEquals(new byte[5000], Files.readAllBytes(card), "nothing was written");
    }

    private void refused(String why) throws IOException {
        Path card = card("card");
        Cli.Said said = restore("clone.img", "card");
        assertEquals(2, said.code(), said::toString);
        assertTrue(said.err().contains("Tried to make " + card.toRealPath() + " a card of its own, but ")
                && said.err().contains(why), said::toString);
        assertEquals(1, said.err().split("ERROR!", -1).length - 1, said::toString);
        try (var in = Files.newInputStream(card)) {
            assertTrue(new String(in.readNBytes(512), StandardCharsets.ISO_8859_1)
                    .startsWith("Bramble has not yet written this card"));
        }
    }
}
