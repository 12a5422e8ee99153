package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** The module sd_image on block devices: loop devices, one of which can't write all that it says it has. */
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
