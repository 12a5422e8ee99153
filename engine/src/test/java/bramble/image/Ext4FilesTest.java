package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that mke2fs makes, of all kinds, with files in them: they are read, and changed, as e2fsprogs read them. */
class Ext4FilesTest {
    private static final String FSTAB = "PARTUUID=4d3ee428-02 / ext4 defaults 0 1\n".repeat(30);
    private static final String ID = "0123456789abcdef0123456789abcdef\n";

    @TempDir
    Path folder = Path.of("");

    private Path image = Path.of("");

    /** A system's files, among many others. */
    private void make(String kind) throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Path etc = Files.createDirectories(tree.resolve("etc"));
        Files.writeString(etc.resolve("fstab"), FSTAB);
        Files.writeString(etc.resolve("machine-id"), ID);
        Files.createDirectories(etc.resolve("other"));
        for (int i = 0; i < 700; i++) { // its index has a level more, with small blocks
            Files.createFile(etc.resolve("a file with a name that needs some room, number " + i));
        }
        Files.createDirectories(tree.resolve("usr/lib/systemd"));
        Files.writeString(tree.resolve("usr/lib/systemd/systemd"), "it");
        link(tree, "lib", "usr/lib");
        Files.createDirectories(tree.resolve("var/lib/dbus"));
        link(tree, "var/lib/dbus/machine-id", "../../../etc/machine-id");
        link(tree, "usr/absolute", "/large");
        link(tree, "var/lib/long", "../../var/./lib/../../../" + "etc/../".repeat(10) + "etc/fstab");
        link(tree, "round", "round");
        link(tree, "dangling", "nowhere");
        byte[] large = new byte[900_000];
        new Random(1).nextBytes(large);
        Files.write(tree.resolve("large"), large);
        try (var sparse = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            for (int i = 1; i < 9; i++) {
                sparse.seek(i * 100_000L);
                sparse.write(i);
            }
        }
        image = folder.resolve("image");
        Files.deleteIfExists(image);
        var words = new ArrayList<>(List.of("mke2fs", "-q", "-F", "-d", tree.toString()));
        words.addAll(List.of(kind.split(" ", -1)));
        words.addAll(List.of(image.toString(), "24M"));
        run(words.toArray(String[]::new));
    }

    private static void link(Path tree, String name, String target) throws IOException {
        Files.createSymbolicLink(tree.resolve(name), Path.of(target));
    }

    private Ext4Files files(FileChannel channel) throws IOException {
        return Ext4Files.of(Region.whole(channel)).orElseThrow();
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-t ext4", "-t ext4 -b 1024 -O inline_data", "-t ext4 -O ^64bit,^metadata_csum,inline_data",
        "-t ext3 -b 1024", "-t ext2", "-t ext4 -I 128 -O ^dir_index", "-t ext4 -b 1024 -O metadata_csum_seed"})
    void readsAndChanges(String kind) throws Exception {
        make(kind);
        String other = ID.replace('0', 'f');
        try (FileChannel channel = open()) {
            Ext4Files files = files(channel);
            for (String path : List.of("etc/fstab", "large", "sparse", "usr/lib/systemd/systemd")) {
                assertArrayEquals(Files.readAllBytes(folder.resolve("tree/" + path)),
                        files.read("/" + path).orElseThrow(), path);
            }
            assertEquals("it", text(files, "/lib/systemd/systemd"));
            assertEquals(FSTAB, text(files, "/var/lib/long"));
            assertTrue(files.same("/var/lib/dbus/machine-id", "/etc/machine-id"));
            assertTrue(files.same("/usr/absolute", "/large"));
            assertFalse(files.same("/etc/fstab", "/etc/machine-id"));
            assertTrue(files.folder("/etc/other") && files.folder("/") && !files.folder("/etc/fstab"));
            assertTrue(files.exists("/etc/a file with a name that needs some room, number 699"));
            for (String none : List.of("/round", "/dangling", "/etc/nothing", "/etc/fstab/below", "/etc/fsta")) {
                assertFalse(files.exists(none), none);
            }
            files.overwrite("/var/lib/long", FSTAB.replace("4d3ee428", "00c0ffee").getBytes(StandardCharsets.UTF_8));
            files.overwrite("/var/lib/dbus/machine-id", other.getBytes(StandardCharsets.UTF_8));
            assertEquals(other, text(files(channel), "/etc/machine-id"));
            assertTrue(refusal(() -> files.overwrite("/etc/fstab", new byte[3]))
                    .endsWith("has " + FSTAB.length() + " bytes, and would have 3"));
            assertTrue(refusal(() -> files.overwrite("/sparse", new byte[800_001])).endsWith("it has holes"));
        }
        run("e2fsck", "-fn", image.toString());
        assertTrue(debug("cat /etc/machine-id").startsWith(other)); // of an inode it prints more than there is
        assertEquals(FSTAB.replace("4d3ee428", "00c0ffee"), debug("cat /etc/fstab"));
        if (kind.contains("inline_data")) {
            return;
        }
        run("debugfs", "-R", "rdump / " + Files.createDirectories(folder.resolve("got")), image.toString());
        Files.writeString(folder.resolve("tree/etc/fstab"), FSTAB.replace("4d3ee428", "00c0ffee"));
        Files.writeString(folder.resolve("tree/etc/machine-id"), other);
        run("diff", "-rq", "--no-dereference", "--exclude=lost+found", folder.resolve("tree").toString(),
                folder.resolve("got").toString());
    }

    private static String text(Ext4Files files, String path) throws IOException {
        return new String(files.read(path).orElseThrow(), StandardCharsets.UTF_8);
    }

    private String debug(String command) throws Exception {
        return run("debugfs", "-R", command, image.toString()).replaceFirst("debugfs .*\n", "");
    }

    /** What a system had in its journal when it was cloned is read as the next start reads it, which puts it into its place. */
    @ParameterizedTest
    @ValueSource(strings = {"-t ext4", "-t ext3 -b 1024", "-t ext4 -O ^64bit"})
    void seesWhatTheJournalHas(String kind) throws Exception {
        make(kind);
        int size = kind.contains("1024") ? 1024 : 4096;
        String block = debug("bmap /etc/fstab 0").strip();
        String second = debug("bmap /large 3").strip();
        String third = debug("bmap /large 5").strip();
        Path newer = folder.resolve("newer");
        Files.writeString(newer, "new" + FSTAB.substring(3, Math.min(size, FSTAB.length())));
        Path magic = Files.write(folder.resolve("magic"),
                Arrays.copyOf(new byte[]{(byte) 0xc0, 0x3b, 0x39, (byte) 0x98},
                        size));
        Path commands = Files.writeString(folder.resolve("commands"), """
                jo %s
                jw -b %s %s
                jw -b %s,%s %s
                jw -r %s
                jc
                """.formatted(kind.equals("-t ext4") ? "-c" : "", block,
                padded(newer, size), second, third, twice(magic), third));
        run("debugfs", "-w", "-f", commands.toString(), image.toString());
        Path copy = Files.copy(image, folder.resolve("replayed"));
        replay(copy);
        try (FileChannel channel = open(); FileChannel after = FileChannel.open(copy, StandardOpenOption.READ)) {
            Ext4Files files = files(channel);
            Ext4Files replayed = files(after);
            assertTrue(files.waits());
            assertFalse(replayed.waits());
            assertTrue(text(files, "/etc/fstab").startsWith("newTUUID"));
            for (String path : List.of("/etc/fstab", "/large", "/etc/machine-id")) {
                assertArrayEquals(replayed.read(path).orElseThrow(), files.read(path).orElseThrow(), path);
            }
            assertTrue(refusal(() -> files.overwrite("/etc/fstab", new byte[FSTAB.length()]))
                    .contains("stands in the journal as yet"));
            files.overwrite("/etc/machine-id", ID.replace('0', 'f').getBytes(StandardCharsets.UTF_8));
        }
        replay(image);
        run("e2fsck", "-fn", image.toString());
        assertEquals(ID.replace('0', 'f'), debug("cat /etc/machine-id"));
    }

    /** Its exit code tells that it did something. */
    private static void replay(Path image) throws Exception {
        new ProcessBuilder("/usr/sbin/e2fsck", "-fy", image.toString()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    private Path padded(Path file, int size) throws IOException {
        return Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size));
    }

    private Path twice(Path file) throws IOException {
        byte[] once = Files.readAllBytes(file);
        byte[] all = Arrays.copyOf(once, 2 * once.length);
        System.arraycopy(once, 0, all, once.length, once.length);
        return Files.write(file, all);
    }

    private static String refusal(org.junit.jupiter.api.function.Executable what) {
        return String.valueOf(assertThrows(IOException.class, what).getMessage());
    }

    /** No damage makes it fail otherwise than by saying so, or run for ever. */
    @Test
    void whatIsDamagedIsSaid() throws Exception {
        make("-t ext4 -b 1024 -O inline_data");
        byte[] all = Files.readAllBytes(image);
        var random = new Random(2);
        try (FileChannel channel = open()) {
            long inode = Ext4.of(Region.whole(channel)).orElseThrow().inodeAt(2);
            for (int i = 0; i < 300; i++) {
                int at = (int) (inode + random.nextInt(20 * 256));
                channel.write(java.nio.ByteBuffer.wrap(new byte[]{(byte) random.nextInt()}), at);
                try {
                    Ext4Files files = files(channel);
                    for (String path : List.of("/etc/fstab", "/lib/systemd/systemd", "/var/lib/long", "/sparse")) {
                        files.read(path);
                    }
                } catch (IOException e) {
                    assertFalse(String.valueOf(e.getMessage()).isEmpty());
                }
                if (i % 5 == 0) {
                    channel.write(java.nio.ByteBuffer.wrap(all, (int) inode, 20 * 256), inode);
                }
            }
        }
    }

    private static String run(String... words) throws Exception {
        var builder = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("PATH", "/usr/sbin:/sbin:" + System.getenv("PATH"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), () -> String.join(" ", words) + ": " + said);
        return said;
    }
}
