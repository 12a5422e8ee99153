package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of every kind are written to files that stand for cards, or leave them as no machine starts from. */
@Timeout(120)
class ImageWriteTest {
    private static final byte[] IMAGE = DiskImage.of(30, 512);
    private static final byte[] SMALL = DiskImage.of(6, 512);

    @TempDir
    Path folder = Path.of("");

    private Cli.Said write(String... words) {
        var all = new ArrayList<>(List.of("image", "write", "--force", "--yes"));
        all.addAll(List.of(words));
        return new Cli(folder, folder.resolve("data")).call(all);
    }

    private Path card(String name) throws IOException {
        return Files.write(folder.resolve(name), new byte[5000]);
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** What nothing starts from: there is no signature of a partition table. */
    private static void assertUnfinished(Path card) throws IOException {
        byte[] begin = new byte[512];
        try (var in = Files.newInputStream(card)) {
            assertEquals(512, in.readNBytes(begin, 0, 512));
        }
        assertTrue(new String(begin, StandardCharsets.ISO_8859_1).startsWith("Bramble has not yet written this card"));
        assertEquals(0, begin[510] | begin[511]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.img", "a.img.gz", "members.img.gz", "a.img.xz", "blocks.img.xz", "a.img.zst", "a.zip"})
    void writesEveryKind(String name) throws IOException, GeneralSecurityException {
        byte[] packed = DiskImage.packed(IMAGE, name);
        Path one = card("one");
        Path two = card("two");
        Files.write(folder.resolve(name), packed);
        Files.writeString(folder.resolve("SHA256SUMS"), "00" + sha256(new byte[0]).substring(2) + "  other.img\n"
                + sha256(packed) + " *./" + name + "\n");
        Cli.Said said = write(name, "one", "two");
        assertEquals(0, said.code(), said::toString);
        assertArrayEquals(IMAGE, Files.readAllBytes(one));
        assertArrayEquals(IMAGE, Files.readAllBytes(two));
        assertTrue(said.out().contains("Checksum, by SHA256SUMS: sha256:" + sha256(packed) + ", right"),
                said::toString);
        assertTrue(said.out().contains("; read back and the same"), said::toString);
        assertTrue(said.out().endsWith("Content: sha256:" + sha256(IMAGE) + "\n"), said::toString);

        try (var server = new ImageServer(true)) {
            String url = server.put(name, packed);
            server.put(name + ".sha256", (sha256(packed) + "\n").getBytes(StandardCharsets.US_ASCII));
            Path three = card("three");
            Cli.Said fetched = write(url, "three");
            assertEquals(0, fetched.code(), fetched::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(three));
            assertTrue(fetched.out().contains("Checksum, by " + name + ".sha256: "), fetched::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.img.gz", "members.img.gz", "a.img.xz", "blocks.img.xz", "a.img.zst", "a.zip"})
    void refusesWhatIsDamagedOrEndsTooEarly(String name) throws IOException {
        byte[] packed = DiskImage.packed(SMALL, name);
        byte[] damaged = packed.clone();
        damaged[packed.length / 2] ^= 0x55;
        for (byte[] bad : List.of(damaged, Arrays.copyOf(packed, packed.length / 2),
                Arrays.copyOf(packed, packed.length - 5))) {
            for (boolean web : new boolean[]{false, true}) {
                Path card = card("card");
                try (var server = new ImageServer(true)) {
                    Files.write(folder.resolve(name), bad);
                    Cli.Said said = write(web ? server.put(name, bad) : name, "card");
                    assertEquals(1, said.code(), () -> name + " " + bad.length + " " + web + " " + said);
                    assertTrue(said.err().contains("ERROR! Tried to unpack "), said::toString);
                    assertEquals(1, said.err().split("ERROR!", -1).length - 1, said::toString);
                    boolean begun = !Arrays.equals(new byte[5000], Files.readAllBytes(card));
                    assertEquals(begun, said.err().contains("card isn't finished: nothing starts from it."),
                            said::toString);
                    if (begun) {
                        assertUnfinished(card);
                    }
                }
            }
        }
    }

    @Test
    void refusesAnotherChecksum() throws IOException, GeneralSecurityException {
        byte[] packed = DiskImage.packed(IMAGE, "a.img.xz");
        Files.write(folder.resolve("a.img.xz"), packed);
        Path card = card("card");
        String other = sha256(new byte[1]);
        Cli.Said local = write("a.img.xz", "card", "--checksum", "sha256:" + other);
        assertEquals(1, local.code());
        assertTrue(local.err().contains("its sha256 is " + sha256(packed) + ", and --checksum says " + other),
                local::toString);
        assertArrayEquals(new byte[5000], Files.readAllBytes(card), "nothing is written before");
        Files.writeString(folder.resolve("a.img.xz.sha256"), other);
        assertTrue(write("a.img.xz", "card").err().contains("and a.img.xz.sha256 says " + other));
        assertEquals(0, write("a.img.xz", "card", "--checksum", sha256(packed)).code());

        try (var server = new ImageServer(true)) {
            Path fetched = card("fetched");
            Cli.Said said = write(server.put("a.img.xz", packed), "fetched", "--checksum", other);
            assertEquals(1, said.code());
            assertTrue(said.err().contains("and --checksum says " + other), said::toString);
            assertUnfinished(fetched);
            assertEquals(0, write(server.put("a.img.xz", packed), "fetched").code());
            assertArrayEquals(IMAGE, Files.readAllBytes(fetched), "what a wrong image has left there is written over");
        }
        assertTrue(write("a.img.xz", "card", "--checksum", "sha256:12").err().contains("Expected sha256: and 64"));
    }

    @Test
    void refusesWhatIsNoCardBeforeAnythingIsWritten() throws IOException {
        Files.write(folder.resolve("a.img"), IMAGE);
        Files.write(folder.resolve("text.img"), new byte[2048]);
        Path card = card("card");
        Files.createDirectory(folder.resolve("there"));
        Cli cli = new Cli(folder, folder.resolve("data"));
        Cli.Said all = cli.call("image", "write", "--yes", "a.img", "card", "there", "/dev/null", "nowhere");
        assertEquals(1, all.code());
        assertTrue(all.err().contains("card, but it is a file, not a device.") && all.err().contains("--force"),
                all::toString);
        assertTrue(all.err().contains("there, but it is a folder"), all::toString);
        assertTrue(all.err().contains("/dev/null, but it is no disk."), all::toString);
        assertTrue(all.err().contains("nowhere, but there is no such device."), all::toString);
        assertTrue(write("a.img", "card", "./card").err().contains("it is named twice"));
        assertTrue(cli.call("image", "write", "--force", "text.img", "card").err().contains("--yes"));
        assertTrue(cli.call("image", "write", "--yes", "a.img.xz", "card").err().contains("there is no such file"));
        for (String sum : List.of("", "0".repeat(64))) {
            Cli.Said away = sum.isEmpty()
                    ? write("http://localhost:1/a.img", "card")
                    : write("http://localhost:1/a.img", "card", "--checksum", sum);
            assertTrue(away.code() == 1 && away.err().contains(
                    "Tried to fetch http://localhost:1/a.img, but its server can't be reached: "), away::toString);
        }
        assertTrue(write("a.img", "card", "good", "--node", "n1", "--node", "n1").err()
                .contains("--node n1 is said twice, but a node has one card"));
        assertEquals(0, write("--dry-run", "a.img", "card").code());
        assertArrayEquals(new byte[5000], Files.readAllBytes(card));
    }

    @Test
    void refusesAFileThatIsBeingWrittenTo() throws IOException {
        try (var server = new ImageServer(true)) {
            Path card = card("card");
            Files.write(folder.resolve("other.img"), DiskImage.of(1, 0));
            var others = new ArrayList<Cli.Said>();
            server.at(20 << 20, () -> {
                while (!begin(card).startsWith("Bramble has not yet")) {
                    LockSupport.parkNanos(1_000_000);
                }
                others.add(write("other.img", "card"));
            });
            Cli.Said said = write(server.put("a.img", IMAGE), "card");
            assertEquals(0, said.code(), said::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(card));
            assertEquals(2, others.getFirst().code(), others::toString);
            assertTrue(others.getFirst().err().contains("Tried to write to " + card.toRealPath()
                    + " (a file), but something else is being written to it."), others::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"write", "restore"})
    void refusesToWriteAnImageOverItself(String verb) throws IOException {
        Path image = Files.write(folder.resolve("a.img"), IMAGE);
        Files.createSymbolicLink(folder.resolve("link"), image);
        Files.createLink(folder.resolve("other"), image);
        for (String name : List.of("a.img", "link", "other")) {
            Cli.Said said = new Cli(folder, folder.resolve("data")).call("image", verb, "--force", "--yes", "a.img",
                    name);
            assertEquals(1, said.code(), said::toString);
            assertTrue(said.err().contains("but it is the image itself."), said::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(image));
        }
    }

    @Test
    void doesNotTakeAChecksumForMissingThatCannotBeRead() throws IOException, GeneralSecurityException {
        Path card = card("card");
        try (var server = new ImageServer(true)) {
            String url = server.put("a.img", IMAGE);
            for (int status : new int[]{403, 500}) {
                server.missing(status);
                Cli.Said said = write(url, "card");
                assertEquals(1, said.code(), said::toString);
                assertTrue(said.err().contains("in a.img.sha256, can't be told: the server answered " + status)
                        && said.err().contains("--checksum"), said::toString);
                assertArrayEquals(new byte[5000], Files.readAllBytes(card));
            }
            assertEquals(0, write(url, "card", "--checksum", sha256(IMAGE)).code());
            server.missing(410);
            assertEquals(0, write(url, "card").code());
        }
    }

    @Test
    void aChecksumBesideItThatIsNoneIsNoReasonToWriteUnchecked() throws IOException, GeneralSecurityException {
        byte[] packed = DiskImage.packed(SMALL, "a.img.xz");
        Files.write(folder.resolve("Bild für pi.img.xz"), packed);
        Path card = card("card");
        Path beside = folder.resolve("Bild für pi.img.xz.sha256");
        for (String text : List.of("", "Not found\n", "0123  Bild für pi.img.xz\n")) {
            Files.writeString(beside, text);
            Cli.Said said = write("Bild für pi.img.xz", "card");
            assertEquals(1, said.code(), said::toString);
            assertTrue(said.err().contains("in Bild für pi.img.xz.sha256 beside it, but there is none of it."),
                    said::toString);
            assertArrayEquals(new byte[5000], Files.readAllBytes(card));
        }
        Files.writeString(beside, sha256(packed) + "  as-it-was-called.img.xz\n");
        assertTrue(write("Bild für pi.img.xz", "card").out().contains(", right\n"));
        Files.delete(beside);
        Files.writeString(folder.resolve("SHA256SUMS"), sha256(packed) + "  Bild für pi.img.xz\n");
        assertTrue(write("Bild für pi.img.xz", "card").out().contains("Checksum, by SHA256SUMS: "));
    }

    @Test
    void refusesWhatIsNotWhatItsNameSays() throws IOException {
        Path card = card("card");
        Files.write(folder.resolve("empty.img"), new byte[0]);
        Files.writeString(folder.resolve("page.img.xz"), "<html>There is no such file.</html>");
        Files.write(folder.resolve("cut.img.gz"), Arrays.copyOf(DiskImage.packed(SMALL, "a.img.gz"), 300000));
        for (List<String> one : List.of(List.of("empty.img", "it is empty."), List.of("page.img.xz", "it isn't packed"),
                List.of("ftp://localhost/a.img", "Bramble fetches by http and https alone."))) {
            Cli.Said said = write(one.getFirst(), "card");
            assertEquals(1, said.code(), said::toString);
            assertTrue(said.err().contains(one.getLast()), said::toString);
        }
        assertArrayEquals(new byte[5000], Files.readAllBytes(card));
    }

    @Test
    void tellsOfAnImageThatWasCutOff() throws IOException {
        byte[] cut = Arrays.copyOf(SMALL, 5 << 20);
        ByteBuffer bytes = ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(450, (byte) 0x0c).putShort(bytes.getInt(454) * 512 + 510, (short) 0xaa55); // as a FAT file system begins
        Files.write(folder.resolve("a.img"), cut);
        Files.write(folder.resolve("a.img.gz"), DiskImage.packed(cut, "a.img.gz"));
        Files.writeString(folder.resolve("hosts.yml"), "all: {hosts: {n1: {ansible_user: pi}}}\n");
        for (String name : List.of("a.img", "a.img.gz")) {
            card("card");
            Cli.Said said = write(name, "card");
            assertEquals(0, said.code(), said::toString);
            assertTrue(
                    said.err()
                            .contains("The image ends after 5.2 MB, and its partition 1 at 6.3 MB: was it cut off?"),
                    said::toString);
            Path card = card("card");
            Cli.Said node = write(name, "card", "-i", "hosts.yml", "--node", "n1");
            assertTrue(node.code() != 0 && node.err().contains("ends after 5.2 MB"), node::toString);
            assertFalse(Files.exists(folder.resolve("data/known_hosts")));
            byte[] begin = Arrays.copyOf(Files.readAllBytes(card), 512);
            assertEquals(0, begin[510] | begin[511], "nothing starts from it");
        }
        assertFalse(write("--dry-run", "a.img", "card").err().isEmpty());
    }

    @Test
    void looksForOneImageInAZip() throws IOException {
        Path card = card("card");
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new java.util.zip.ZipOutputStream(bytes)) {
            for (String name : List.of("a.img", "b.img")) {
                out.putNextEntry(new java.util.zip.ZipEntry(name));
                out.write(IMAGE, 0, 4096);
            }
        }
        Files.write(folder.resolve("two.zip"), bytes.toByteArray());
        assertTrue(write("two.zip", "card").err().contains("it holds several: a.img, b.img."));
        assertArrayEquals(new byte[5000], Files.readAllBytes(card));
    }

    @Test
    void goesOnWhereAConnectionBrokeOff() throws IOException {
        byte[] packed = DiskImage.packed(IMAGE, "a.img.xz");
        try (var server = new ImageServer(true)) {
            server.at(packed.length / 2, () -> {
                throw new IOException("the line is cut");
            });
            Path card = card("card");
            Cli.Said said = write(server.put("a.img.xz", packed), "card");
            assertEquals(0, said.code(), said::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(card));
        }
        try (var server = new ImageServer(false)) {
            server.at(packed.length / 2, () -> {
                throw new IOException("the line is cut");
            });
            Path card = card("other");
            String url = server.put("a.img.xz", packed);
            Cli.Said broken = write(url, "other");
            assertEquals(1, broken.code());
            assertTrue(broken.err().contains("the connection broke off after"), broken::toString);
            assertUnfinished(card);
            server.at(Integer.MAX_VALUE, () -> {});
            Cli.Said again = write(url, "other");
            assertTrue(again.code() == 0 && again.out().contains("gone on with at"), again::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(card));
        }
    }

    /** A card that doesn't keep what is written to it: its bytes are changed while the rest is still to come. */
    @Test
    void findsWhatACardDoesNotKeep() throws IOException {
        try (var server = new ImageServer(true)) {
            Path card = card("card");
            Path good = card("good");
            int place = 6 << 20;
            server.at(20 << 20, () -> {
                while (Files.size(card) < 12 << 20) {
                    LockSupport.parkNanos(1_000_000);
                }
                try (FileChannel channel = FileChannel.open(card, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(new byte[]{(byte) ~IMAGE[place]}), place);
                }
            });
            Cli.Said said = write(server.put("a.img", IMAGE), "card", "good");
            assertEquals(2, said.code(), said::toString);
            assertTrue(said.err().contains("Tried to verify " + card.toRealPath()
                    + " (a file), but from 4.2 MB on it doesn't hold what was written to it"), said::toString);
            assertUnfinished(card);
            assertArrayEquals(IMAGE, Files.readAllBytes(good), "the other card goes on");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isFinishedByTheNextRunAfterAKill(boolean forcibly) throws IOException, InterruptedException {
        try (var server = new ImageServer(true)) {
            Path card = card("card");
            String url = server.put("a.img", IMAGE);
            Process[] first = new Process[1];
            server.at(24 << 20, () -> {
                while (!begin(card).contains("\ndone 2")) { // kept now and then: 20 MiB and more
                    LockSupport.parkNanos(1_000_000);
                }
                if (forcibly) {
                    first[0].destroyForcibly();
                } else {
                    first[0].destroy(); // as Ctrl-C does
                }
            });
            synchronized (this) {
                first[0] = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED",
                        Main.class.getName(),
                        "image", "write", "--yes", "--force", url, card.toString()).redirectErrorStream(true)
                        .redirectInput(new java.io.File("/dev/null")).redirectOutput(folder.resolve("said").toFile())
                        .start();
            }
            assertEquals(forcibly ? 137 : 99, first[0].waitFor(), () -> said());
            assertEquals(!forcibly, said().endsWith("ERROR! User interrupted execution\nGo on where it stopped:  "
                    + "bramble image write --yes --force " + url + " " + card + "\n"), this::said);
            assertUnfinished(card);
            server.at(Integer.MAX_VALUE, () -> {});
            Cli.Said said = write(url, "card");
            assertTrue(said.code() == 0 && said.out().contains(", gone on with at 2"), said::toString);
            assertArrayEquals(IMAGE, Files.readAllBytes(card));
            assertFalse(write(url, "card").out().contains("gone on"), "it was finished");
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String begin(Path card) throws IOException {
        try (var in = Files.newInputStream(card)) {
            return new String(in.readNBytes(512), StandardCharsets.ISO_8859_1);
        }
    }
}
