package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
        var words = new java.util.ArrayList<>(java.util.List.of("run", "-i", "localhost,", "-c", "local", "card.yml"));
        words.addAll(java.util.List.of(more));
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
}
