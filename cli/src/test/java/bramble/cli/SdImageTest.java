package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.event.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The module sd_image, with files that stand for cards: it knows its own cards again, and goes on with what it didn't finish. */
@Timeout(120)
class SdImageTest {
    private static final int START = 8192 * 512;
    private static final int NOTE = 2047 * 512;
    private static final byte[] IMAGE = image();
    private static final byte[] PACKED = DiskImage.packed(IMAGE, "blocks.img.xz");

    @TempDir
    Path folder = Path.of("");

    private static byte[] image() {
        byte[] bytes = DiskImage.of(18, 512);
        Arrays.fill(bytes, NOTE, START, (byte) 0);
        ByteBuffer disk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        disk.put(START + 82, "FAT32".getBytes(StandardCharsets.US_ASCII)).putInt(START + 67, 4711);
        return bytes;
    }

    @BeforeEach
    void inventory() throws IOException {
        Files.write(folder.resolve("card"), new byte[5000]);
        play("a.img.xz");
        Files.write(folder.resolve("a.img.xz"), PACKED);
    }

    private void play(String image) throws IOException {
        Files.writeString(folder.resolve("card.yml"), """
                - hosts: localhost
                  gather_facts: false
                  tasks:
                    - sd_image: {image: "%s", device: "%s", force: true}
                """.formatted(image, folder.resolve("card")));
    }

    private Cli.Said run(String... more) {
        var words = new java.util.ArrayList<>(List.of("run", "-i", "localhost,", "-c", "local", "card.yml"));
        words.addAll(List.of(more));
        return new Cli(folder, folder.resolve("data")).call(words);
    }

    private byte[] card() throws IOException {
        return Files.readAllBytes(folder.resolve("card"));
    }

    private static void assertRecap(String counts, Cli.Said said) {
        assertTrue(said.out().replaceAll(" +", " ").contains(counts), said::toString);
    }

    /** All of the image, but for the note. */
    private void assertWritten() throws IOException {
        byte[] card = card();
        assertTrue(
                new String(card, NOTE, 512, StandardCharsets.US_ASCII).startsWith("Bramble wrote this card.\nimage "));
        Arrays.fill(card, NOTE, NOTE + 512, (byte) 0);
        assertArrayEquals(IMAGE, card);
    }

    @Test
    void aCardOnWhichASystemHasLivedStillHoldsItsImage() throws IOException {
        Cli.Said dry = run("--check", "--diff");
        assertRecap("ok=1 changed=1", dry);
        assertTrue(dry.out().contains("-no image that is known\n+sha256:"), dry::toString);
        assertEquals(5000, card().length);
        assertRecap("ok=1 changed=1", run());
        assertWritten();
        assertRecap("ok=1 changed=0", run());

        byte[] lived = card();
        ByteBuffer disk = ByteBuffer.wrap(lived).order(ByteOrder.LITTLE_ENDIAN);
        disk.putInt(440, 0x12345678).putInt(446 + 12, 50_000); // another disk id, and the partition has grown
        Arrays.fill(lived, START + 5000, START + 900_000, (byte) 7);
        Files.write(folder.resolve("card"), lived);
        assertRecap("ok=1 changed=0", run());
        assertArrayEquals(lived, card());

        disk.putInt(START + 67, 4712); // another file system
        Files.write(folder.resolve("card"), lived);
        assertRecap("ok=1 changed=1", run("--check"));
        assertRecap("ok=1 changed=1", run());
        assertWritten();
    }

    @Test
    void whatBrokeOffIsGoneOnWith() throws IOException {
        try (var server = new ImageServer(false)) {
            play(server.put("a.img", IMAGE));
            server.at(17 << 20, () -> {
                throw new IOException("gone");
            });
            Cli.Said broken = run();
            assertEquals(2, broken.code(), broken::toString);
            assertTrue(broken.out().contains("it doesn't go on from there"), broken::toString);
            assertTrue(new String(card(), 0, 200, StandardCharsets.US_ASCII).contains("done 16777216\n"));
            server.at(Integer.MAX_VALUE, () -> {});
            Cli.Said said = run("-v");
            assertRecap("ok=1 changed=1", said);
            assertTrue(said.out().contains("\"resumed\": 16777216"), said::toString);
            assertTrue(said.out().contains("an image that isn't written to its end"), said::toString);
            assertWritten();
            assertRecap("ok=1 changed=0", run());
        }
    }

    /** The power goes when no more than the first sector of what comes last is on the card. */
    @Test
    void theFirstSectorIsTheLast() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Path dd = Files.writeString(programs.resolve("dd"), """
                #!/bin/sh
                PATH=/usr/bin:/bin
                case "$*" in
                *' bs=512 seek=0 '*)
                  cat >'%1$s/last'
                  case $(head -c 7 '%1$s/last' | tr -d '\\0') in
                  Bramble) exec dd "$@" <'%1$s/last' ;;
                  esac
                  head -c 512 '%1$s/last' | dd "$@"
                  exit 1 ;;
                esac
                exec dd "$@"
                """.formatted(folder));
        assertTrue(dd.toFile().setExecutable(true));
        String whole = Files.readString(folder.resolve("card.yml"));
        Files.writeString(folder.resolve("card.yml"),
                whole + "      environment: {PATH: '" + programs + ":/usr/bin:/bin'}\n");
        assertEquals(2, run().code());
        Files.writeString(folder.resolve("card.yml"), whole);
        assertRecap("ok=1 changed=0", run());
        assertWritten();
    }

    @Test
    void aTruncatedImageLeavesNoCardThatStarts() throws IOException {
        byte[] packed = PACKED;
        Files.write(folder.resolve("a.img.xz"), Arrays.copyOf(packed, packed.length / 2));
        Cli.Said local = run();
        assertEquals(2, local.code());
        assertTrue(local.out().contains("Tried to unpack " + folder.resolve("a.img.xz")), local::toString);
        assertEquals(5000, card().length, "its index at its end is missing; nothing is written");
        try (var server = new ImageServer(true)) {
            play(server.put("a.img.xz", Arrays.copyOf(packed, packed.length - 5)));
            Cli.Said said = run();
            assertEquals(2, said.code());
            assertTrue(said.out().contains("Tried to unpack ") && said.out().contains("it ends too early"),
                    said::toString);
            assertTrue(new String(card(), 0, 200, StandardCharsets.US_ASCII).contains("\ndone 0\n"));
            assertFalse(card()[510] == 0x55);
        }
    }

    @Test
    void aNodesCardIsToldWhoItIs() throws IOException {
        BootImage image = BootImage.of(BootImage.Release.BOOKWORM, folder);
        byte[] published = Files.readAllBytes(image.file());
        Files.writeString(folder.resolve("cluster.yml"),
                """
                        all:
                          vars: {ansible_user: pi, ansible_connection: local, image_password: '$6$salt$s3cretof.pi/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh'}
                          hosts:
                            reader:
                            pi3: {ansible_host: 192.168.1.13, image_address: "{{ ansible_host }}/24"}
                        """);
        writePlayOfACardForPi3();
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said dry = cli.call("run", "-i", "cluster.yml", "card.yml", "--check", "--diff");
        assertRecap("ok=1 changed=1", dry);
        assertTrue(dry.out().contains(" for pi3\n"), dry::toString);
        assertFalse(Files.exists(folder.resolve("data/known_hosts")));

        Cli.Said said = cli.call("run", "-i", "cluster.yml", "card.yml", "-v");
        assertRecap("ok=1 changed=1", said);
        assertFalse(said.toString().contains("s3cretof"), said::toString);
        var written = new BootImage(folder.resolve("card"), folder);
        assertTrue(written.text("firstrun.sh").contains("192.168.1.13/24"));
        assertTrue(written.text("cmdline.txt").contains("firstrun.sh"));
        assertTrue(Files.readString(folder.resolve("data/known_hosts")).contains("192.168.1.13"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(written.file())),
                "keys are in it");
        byte[] card = card();
        int root = published.length - (4 << 20);
        assertArrayEquals(Arrays.copyOfRange(published, root, published.length),
                Arrays.copyOfRange(card, root, card.length));
        assertRecap("ok=1 changed=0", cli.call("run", "-i", "cluster.yml", "card.yml"));

        String play = Files.readString(folder.resolve("card.yml"));
        Files.write(folder.resolve("cut.img"), Arrays.copyOf(published, 3 << 20));
        for (String verify : List.of("true", "false")) {
            Files.write(folder.resolve("card"), new byte[5000]);
            Files.writeString(folder.resolve("card.yml"),
                    play.replace("card.img", "cut.img").replace("node:", "verify: " + verify + ", node:"));
            Cli.Said cut = cli.call("run", "-i", "cluster.yml", "card.yml");
            assertEquals(2, cut.code(), cut::toString);
            assertTrue(cut.out().contains("but the image ends at 3.1 MB, and its boot partition at "), cut::toString);
        }
        Files.write(folder.resolve("card"), card);

        byte[] bare = published.clone();
        bare[450] = (byte) 0x83;
        Files.write(folder.resolve("bare.img"), bare);
        for (String golden : List.of("true", "false")) {
            Files.writeString(folder.resolve("card.yml"),
                    play.replace("card.img", "bare.img").replace("node:", "golden: " + golden + ", node:"));
            Cli.Said without = cli.call("run", "-i", "cluster.yml", "card.yml");
            assertTrue(without.code() == 2 && without.out().contains("no FAT partition, from which a Raspberry Pi"),
                    without::toString);
            assertArrayEquals(card, card(), "nothing was written");
        }

        Files.writeString(folder.resolve("card.yml"), play.replace("pi3", "pi4"));
        Cli.Said nobody = cli.call("run", "-i", "cluster.yml", "card.yml");
        assertTrue(nobody.code() == 2 && nobody.out().contains("pi4"), nobody::toString);
        assertArrayEquals(card, card());
    }

    @Test
    void noCardIsFinishedWhoseNodeIsNotKnown() throws IOException {
        BootImage.of(BootImage.Release.BOOKWORM, folder);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: pi, ansible_connection: local}
                  hosts: {reader: {}, pi3: {ansible_host: 192.168.1.13}}
                """);
        writePlayOfACardForPi3();
        Path known = Files.createDirectories(folder.resolve("data/known_hosts")); // nothing can be noted down there
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said said = cli.call("run", "-i", "cluster.yml", "card.yml");
        assertTrue(said.code() == 2 && said.out().contains("Tried to note down the host key of pi3"), said::toString);
        assertTrue(new String(card(), StandardCharsets.ISO_8859_1).startsWith("Bramble has not yet written this card"));
        Files.delete(known);
        assertRecap("ok=1 changed=1", cli.call("run", "-i", "cluster.yml", "card.yml"));
        assertTrue(Files.readString(known).contains("192.168.1.13"));
    }

    private void writePlayOfACardForPi3() throws IOException {
        Files.writeString(folder.resolve("card.yml"), """
                - hosts: reader
                  gather_facts: false
                  tasks:
                    - sd_image: {image: card.img, device: "%s", force: true, node: pi3}
                """.formatted(folder.resolve("card")));
    }

    @Test
    void aNodesCardWithAGuidPartitionTable() throws IOException {
        BootImage.of(BootImage.Release.BOOKWORM.files(), folder, true);
        Files.writeString(folder.resolve("cluster.yml"), """
                all:
                  vars: {ansible_user: pi, ansible_connection: local}
                  hosts: {reader: {}, pi3: {ansible_host: 192.168.1.13}}
                """);
        writePlayOfACardForPi3();
        var cli = new Cli(folder, folder.resolve("data"));
        assertRecap("ok=1 changed=1", cli.call("run", "-i", "cluster.yml", "card.yml", "--check"));
        assertRecap("ok=1 changed=1", cli.call("run", "-i", "cluster.yml", "card.yml"));
        assertTrue(new BootImage(folder.resolve("card"), folder).text("firstrun.sh").contains("name='pi3'"));
        assertTrue(Files.readString(folder.resolve("data/known_hosts")).contains("192.168.1.13"));
        assertRecap("ok=1 changed=0", cli.call("run", "-i", "cluster.yml", "card.yml"));
    }

    @Test
    void whatIsNoImageIsNotWrittenAndWhatWasCutOffIsTold() throws IOException {
        byte[] before = card();
        Files.writeString(folder.resolve("page.img.xz"), "<html>There is no such file.</html>");
        play("page.img.xz");
        Cli.Said page = run("--check");
        assertTrue(page.code() == 2 && page.out().contains("it isn't packed, as its name says."), page::toString);
        Files.writeString(folder.resolve("short.img"), "short");
        play("short.img");
        Cli.Said small = run();
        assertTrue(small.code() == 2 && small.out().contains("it ends after 5 B: it is no image."), small::toString);
        assertArrayEquals(before, card());

        Files.write(folder.resolve("cut.img"), Arrays.copyOf(DiskImage.of(6, 0), 5 << 20));
        play("cut.img");
        Cli.Said cut = run("-v");
        assertRecap("ok=1 changed=1", cut);
        assertTrue(cut.err().contains("The image ends after 5.2 MB, and its partition 1 at 6.3 MB: was it cut off?"),
                cut::toString);
    }

    /** Who waits sees how far the card is, and not the piece that is on its way. */
    @Test
    void howFarItIsIsToldOfAllOfIt() throws IOException, InterruptedException {
        Files.write(folder.resolve("a.img"), IMAGE);
        play("a.img");
        var nowhere = new java.io.PrintStream(java.io.OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var session = new Session(nowhere, nowhere, folder,
                java.util.Map.of("BRAMBLE_DATA", folder.resolve("data").toString()),
                List.of("run", "card.yml"), false, false);
        var told = new java.util.concurrent.CopyOnWriteArrayList<Event.Carried>();
        int code = new PlaybookCommand(session, new InventoryFlags(), new LoginFlags(), new RunFlags()).play("card.yml",
                List.of(), event -> {
                    if (event instanceof Event.Carried one && one.way() == Event.Carried.Way.SENT) {
                        told.add(one);
                    }
                });
        assertEquals(0, code);
        assertTrue(told.stream().allMatch(one -> one.all() == IMAGE.length), "of another length");
        List<Long> far = told.stream().map(Event.Carried::done).toList();
        assertEquals(far.stream().sorted().toList(), far);
        assertEquals(IMAGE.length, far.getLast());
    }

    @Test
    void aPasswordInAnAddressIsNotTold() throws IOException {
        try (var server = new ImageServer(true)) {
            String address = server.put("a.img", IMAGE).replace("//", "//user:s3cretword@");
            play(address);
            Cli.Said said = run("-v", "--diff");
            assertRecap("ok=1 changed=1", said);
            assertTrue(said.out().contains("\"image\": \"" + address.replace("user:s3cretword@", "") + "\""),
                    said::toString);
            play(address.replace("a.img", "b.img"));
            Cli.Said nothing = run("-v");
            assertEquals(2, nothing.code(), nothing::toString);
            for (Cli.Said one : List.of(said, nothing)) {
                assertFalse(one.toString().contains("s3cretword"), one::toString);
            }
        }
        try (var files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(file, StandardCharsets.ISO_8859_1).contains("s3cretword"),
                        file::toString);
            }
        }
    }
}
