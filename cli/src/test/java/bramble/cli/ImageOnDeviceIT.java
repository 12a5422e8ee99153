package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Images on real block devices: loop devices, one of which has nothing behind its later blocks. */
@Timeout(120)
class ImageOnDeviceIT {
    private static final int MIB = 1 << 20;
    private static final int START = 8192;

    @TempDir
    Path folder = Path.of("");

    @RegisterExtension
    final LoopDevices loops = new LoopDevices();

    private static String run(String... words) throws IOException {
        return BootImage.run(words).strip();
    }

    /** A device over a file, full of what nobody wants. */
    private String device(Path file, int mebibytes, String... more) throws IOException {
        byte[] rubbish = new byte[mebibytes * MIB];
        Arrays.fill(rubbish, (byte) 0xa5);
        Files.write(file, rubbish);
        return loops.attach(file, more);
    }

    private Cli.Said write(String... words) {
        var all = new ArrayList<>(List.of("image", "write", "--force", "--yes"));
        all.addAll(List.of(words));
        return new Cli(folder, folder.resolve("data")).call(all);
    }

    /** With a file system of ext4, in which there is a file. */
    private byte[] image() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/etc"));
        Files.writeString(tree.resolve("hostname"), "pi3\n");
        Path system = folder.resolve("root.ext4");
        run("mkfs.ext4", "-q", "-d", folder.resolve("tree").toString(), "-L", "rootfs", system.toString(), "20M");
        byte[] image = new byte[START * 512 + 20 * MIB];
        System.arraycopy(Files.readAllBytes(system), 0, image, START * 512, 20 * MIB);
        return DiskImage.partitioned(image, START, 20 * MIB / 512);
    }

    @Test
    void aDeviceGetsAllOfAnImageAndNothingElse() throws IOException {
        byte[] image = image();
        Files.write(folder.resolve("a.img.xz"), DiskImage.packed(image, "blocks.img.xz"));
        Path card = folder.resolve("card");
        String device = device(card, 32);

        Cli.Said unforced = new Cli(folder, folder.resolve("data")).call("image", "write", "--yes", "a.img.xz", device);
        assertTrue(unforced.code() == 1 && unforced.err().contains("it isn't removable."), unforced::toString);
        Cli.Said said = write("a.img.xz", device);
        assertEquals(0, said.code(), said::toString);
        byte[] written = Files.readAllBytes(card);
        assertArrayEquals(image, Arrays.copyOf(written, image.length));
        assertTrue(said.out().contains(" of zeros were there already; read back and the same"), said::toString);

        Path place = Files.createDirectory(folder.resolve("mounted"));
        String system = loops.attach(Path.of(device), "--offset", Integer.toString(START * 512), "--sizelimit",
                Integer.toString(20 * MIB), "--read-only");
        loops.mount(place, "-o", "ro", system);
        assertEquals("pi3\n", Files.readString(place.resolve("etc/hostname")));
    }

    @Test
    void whatIsInUseReadOnlyOrTooSmallIsRefused() throws IOException {
        Files.write(folder.resolve("a.img.xz"), DiskImage.packed(DiskImage.of(9, 0), "a.img.xz"));
        Path file = folder.resolve("busy");
        String busy = device(file, 16);
        run("mkfs.ext4", "-q", "-L", "precious", busy);
        Path place = Files.createDirectory(folder.resolve("my place"));
        loops.mount(place, busy);
        String readOnly = device(folder.resolve("locked"), 16, "--read-only");
        Cli.Said said = write("a.img.xz", busy, readOnly);
        assertEquals(1, said.code());
        assertTrue(said.err().contains(busy + " is mounted on " + place.toRealPath()), said::toString);
        assertTrue(said.err().contains(readOnly + ", but it is read-only"), said::toString);
        String list = new Cli(folder, folder.resolve("data")).call("image", "devices").out();
        assertTrue(list.contains(": " + busy + " is mounted on "), list);

        String under = device(folder.resolve("under"), 16);
        String over = loops.attach(Path.of(under), "--offset", "1048576");
        Cli.Said stacked = write("a.img.xz", under);
        assertTrue(stacked.code() == 1 && stacked.err().contains(under + " is attached to " + over + "."),
                stacked::toString);

        Path small = folder.resolve("small");
        String little = device(small, 8);
        Cli.Said refused = write("a.img.xz", little);
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("(" + small.toRealPath()
                + ", 8.4 MB, loop), but it is too small: the image has 9.4 MB."), refused::toString);
        assertEquals((byte) 0xa5, Files.readAllBytes(small)[0], "nothing was written");
        try (var server = new ImageServer(true)) { // where its size isn't known before
            Cli.Said late = write(server.put("a.img.xz", Files.readAllBytes(folder.resolve("a.img.xz"))), little);
            assertEquals(2, late.code());
            assertTrue(late.err().contains("at 8.4 MB: the image is larger than the device."), late::toString);
        }
    }

    @Test
    void aFileThatADeviceIsAttachedToIsRefused() throws IOException {
        Files.write(folder.resolve("a.img"), DiskImage.of(9, 512));
        Path file = folder.resolve("attached.img");
        String device = device(file, 16);
        byte[] before = Files.readAllBytes(file);
        Files.writeString(folder.resolve("hosts.yml"), "all: {hosts: {n1: {}}}");
        var cli = new Cli(folder, folder.resolve("data"));
        for (Cli.Said said : List.of(write("a.img", file.toString()), cli.call("image", "shrink", file.toString()),
                cli.call("image", "customise", "-i", "hosts.yml", "--node", "n1", file.toString()))) {
            assertEquals(1, said.code(), said::toString);
            assertTrue(said.err().contains("but it is attached to " + device + "."), said::toString);
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    /** It has half of its size left when a third of the image is there. */
    @Test
    void aDeviceThatShrinksIsSaidTo() throws IOException {
        byte[] image = DiskImage.of(30, 0);
        new java.util.Random(1).nextBytes(image); // no zeros
        DiskImage.partitioned(image, START, 4096);
        Path card = folder.resolve("card");
        String device = device(card, 40);
        try (var server = new ImageServer(true)) {
            server.at(10 * MIB, () -> {
                run("truncate", "-s", "20M", card.toString());
                run("losetup", "--set-capacity", device);
            });
            Cli.Said said = write(server.put("a.img", image), device);
            assertEquals(2, said.code(), said::toString);
            assertTrue(said.err().contains("Tried to write to " + device)
                    && said.err().contains("it has only 21.0 MB left of 41.9 MB: is it broken?"), said::toString);
        }
    }

    /** Behind one of the devices there is a file system that is full long before its end: its later blocks can't be written. */
    @Test
    void aBrokenDeviceDoesNotStopTheOther() throws IOException {
        byte[] image = DiskImage.of(30, 0);
        new java.util.Random(1).nextBytes(image); // no zeros
        DiskImage.partitioned(image, START, 4096);
        Files.write(folder.resolve("a.img"), image);
        Path little = Files.createDirectory(folder.resolve("little"));
        loops.mount(little, "-t", "tmpfs", "-o", "size=13m", "none");
        Path behind = little.resolve("card");
        run("truncate", "-s", "40M", behind.toString());
        String broken = loops.attach(behind);
        Path card = folder.resolve("card");
        String good = device(card, 40);

        Cli.Said said = write("a.img", broken, good);

        assertEquals(2, said.code(), said::toString);
        assertTrue(said.err().contains("Tried to write to " + broken)
                && said.err().contains(" MB: no space is left there."), said::toString);
        assertEquals(1, said.err().split("ERROR!", -1).length - 1, said::toString);
        assertTrue(said.out().contains(good + ": 31.5 MB written in "), said::toString);
        assertArrayEquals(image, Arrays.copyOf(Files.readAllBytes(card), image.length));
        try (var in = Files.newInputStream(behind)) {
            assertTrue(new String(in.readNBytes(20), StandardCharsets.US_ASCII).startsWith("Bramble has not yet"));
        }
        assertTrue(
                new Cli(folder, folder.resolve("data")).call("image", "write", "--dry-run", "--force", "a.img", broken)
                        .out().contains("; on it: an image that isn't written to its end"));
    }
}
