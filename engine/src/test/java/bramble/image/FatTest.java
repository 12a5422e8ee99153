package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** File systems that mkfs.vfat makes: what mtools writes is read, what is written mtools reads, and fsck.vfat finds nothing. */
@ParameterizedClass
@CsvSource({"12, 2", "16, 24", "32, 80"})
class FatTest {
    @Parameter(0)
    int bits;

    @Parameter(1)
    int megabytes;

    @TempDir
    Path folder = Path.of("");

    private Path image = Path.of("");

    @BeforeEach
    void format() throws Exception {
        image = folder.resolve("boot.img");
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.truncate(0);
            file.write(java.nio.ByteBuffer.allocate(1), megabytes * 1_000_000L / 512 * 512 - 1);
        }
        run("mkfs.vfat", "-F", String.valueOf(bits), "-n", "BOOTFS", image.toString());
    }

    @Test
    void readsWhatOthersWrite() throws Exception {
        byte[] large = new byte[300_001];
        new Random(bits).nextBytes(large);
        put("config.txt", "gpu_mem=16\n".getBytes(StandardCharsets.UTF_8));
        put("A long name, with Größe.text", "x".getBytes(StandardCharsets.UTF_8));
        put("Mixed.Txt", new byte[0]);
        put("large", large);
        run("mmd", "-i", image.toString(), "::overlays", "::overlays/deep");
        Files.write(folder.resolve("within"), large);
        run("mcopy", "-i", image.toString(), folder.resolve("within").toString(), "::overlays/deep/within");
        run("mdel", "-i", image.toString(), "::Mixed.Txt");
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
            Fat fat = Fat.of(Region.whole(file));
            assertEquals(List.of("config.txt", "A long name, with Größe.text", "large", "overlays"), fat.list(""));
            assertEquals("gpu_mem=16\n", new String(fat.read("/CONFIG.TXT"), StandardCharsets.UTF_8));
            assertArrayEquals(large, fat.read("large"));
            assertArrayEquals(large, fat.read("overlays/deep/within"));
            assertEquals(List.of("within"), fat.list("overlays/deep"));
            assertTrue(fat.exists("overlays/DEEP/within"));
            assertFalse(fat.exists("overlays/nothing/within") || fat.exists("mixed.txt"));
            assertThrows(FileNotFoundException.class, () -> fat.read("overlays"));
        }
    }

    @Test
    void writesWhatOthersRead() throws Exception {
        byte[] large = new byte[200_001];
        new Random(bits).nextBytes(large);
        put("cmdline.txt", "console=tty1".repeat(500).getBytes(StandardCharsets.UTF_8));
        List<String> many = IntStream.range(0, 90).mapToObj(i -> "file with a long name " + i + ".conf").toList();
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Fat fat = Fat.of(Region.whole(file));
            long free = fat.free();
            fat.write("cmdline.txt", "root=/dev/sda2\n".getBytes(StandardCharsets.UTF_8));
            fat.write("ssh", new byte[0]);
            fat.write("user-data", "#cloud-config\n".getBytes(StandardCharsets.UTF_8));
            fat.write("Über uns.TXT", "ü".getBytes(StandardCharsets.UTF_8));
            fat.write("overlays/deep/large.bin", large);
            fat.write("overlays/deep/large.bin", large);
            for (String name : many) {
                fat.write("many/" + name, name.getBytes(StandardCharsets.UTF_8));
            }
            fat.write("gone", large);
            fat.delete("gone");
            fat.delete("never there");
            assertTrue(fat.free() < free);
            assertThrows(IOException.class, () -> fat.write("overlays", large));
            assertThrows(IOException.class, () -> fat.write("ssh/below", large));
            assertThrows(IOException.class, () -> fat.write("bad:name", large));
        }
        assertEquals("root=/dev/sda2\n", type("cmdline.txt"));
        assertEquals("", type("SSH"));
        assertEquals("#cloud-config\n", type("user-data"));
        assertEquals("ü", type("Über uns.TXT"));
        for (String name : many) {
            assertEquals(name, type("many/" + name));
        }
        run("mcopy", "-n", "-i", image.toString(), "::overlays/deep/large.bin", folder.resolve("back").toString());
        assertArrayEquals(large, Files.readAllBytes(folder.resolve("back")));
        String listed = run("mdir", "-b", "-i", image.toString(), "::");
        assertTrue(listed.contains("::/ssh\n") && listed.contains("::/user-data\n") && !listed.contains("gone"),
                listed);
        assertTrue(run("fsck.vfat", "-n", image.toString()).lines().noneMatch(line -> line.contains("wrong")
                || line.contains("differ") || line.contains("orphan") || line.contains("Free cluster")));
    }

    @Test
    void saysThatItIsFull() throws Exception {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Fat fat = Fat.of(Region.whole(file));
            fat.write("first", new byte[1000]);
            long free = fat.free();
            IOException full = assertThrows(IOException.class, () -> fat.write("second", new byte[(int) free + 1]));
            String why = String.valueOf(full.getMessage());
            assertTrue(why.startsWith("it is full: "), why);
            fat.write("second", new byte[(int) free]);
            assertEquals(0, fat.free());
            assertEquals(free, fat.read("second").length);
        }
        run("fsck.vfat", "-n", image.toString());
    }

    @Test
    void refusesWhatIsNone() throws Exception {
        Path none = Files.write(folder.resolve("none"), new byte[100_000]);
        try (FileChannel file = FileChannel.open(none, StandardOpenOption.READ)) {
            assertThrows(IOException.class, () -> Fat.of(Region.whole(file)));
        }
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
            assertThrows(IOException.class, () -> Fat.of(Region.whole(file).part(0, 100_000)));
        }
    }

    private void put(String name, byte[] content) throws Exception {
        Files.write(folder.resolve("put"), content);
        run("mcopy", "-i", image.toString(), folder.resolve("put").toString(), "::" + name);
    }

    private String type(String path) throws Exception {
        return run("mtype", "-i", image.toString(), "::" + path);
    }

    private static String run(String... words) throws Exception {
        var all = new ArrayList<>(List.of(words));
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("PATH", "/usr/sbin:/sbin:" + System.getenv("PATH"));
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), () -> all + ": " + printed);
        return printed;
    }
}
