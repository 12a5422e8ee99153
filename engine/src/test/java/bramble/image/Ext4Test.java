package bramble.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that mke2fs makes, of all kinds: where their parts are, and what is in use of them, is what dumpe2fs says. */
class Ext4Test {
    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"-t ext4", "-t ext4 -b 1024", "-t ext4 -b 1024 -O ^resize_inode,meta_bg", "-t ext2 -b 1024",
        "-t ext3", "-t ext4 -O ^64bit,^metadata_csum", "-t ext4 -O ^metadata_csum,uninit_bg",
        "-t ext4 -b 1024 -O ^flex_bg", "-t ext4 -b 1024 -O ^sparse_super,^resize_inode",
        "-t ext4 -b 1024 -O sparse_super2,^resize_inode", "-t ext4 -I 128 -b 2048 -g 4096",
        "-t ext4 -b 1024 -O inline_data -G 4"})
    void isReadAsDumpe2fsReadsIt(String kind) throws Exception {
        Path image = made(kind, kind.contains("meta_bg") ? 400 : 100);
        String dump = run("dumpe2fs", image.toString());
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
            Ext4 found = Ext4.of(Region.whole(channel)).orElseThrow();
            assertEquals(said(dump, "Block size: +(\\d+)"), found.blockBytes());
            assertEquals(said(dump, "Block count: +(\\d+)"), found.blocks());
            assertEquals(said(dump, "Inode size:\\s+(\\d+)"), found.inodeBytes());
            assertEquals(dump.replaceFirst("(?s).*Filesystem UUID: +(\\S+).*", "$1"), found.uuid().toString());
            Ext4.Usage usage = found.usage();
            var free = new ArrayList<String>();
            for (int group = 0; group < found.groups(); group++) {
                free.add(ranges(found, group, usage.used(group)));
                Ext4.Group there = found.group(group);
                String part = dump.replaceFirst("(?s).*\nGroup " + group + ":", "").replaceFirst("(?s)\nGroup .*", "");
                assertEquals(said(part, "Block bitmap at (\\d+)"), there.blockBitmap(), part);
                assertEquals(said(part, "Inode bitmap at (\\d+)"), there.inodeBitmap(), part);
                assertEquals(said(part, "Inode table at (\\d+)"), there.inodeTable(), part);
            }
            assertEquals(Pattern.compile("(?m)^  Free blocks: ?(.*)$").matcher(dump).results()
                    .map(one -> one.group(1).strip()).toList(), free);
            assertEquals(040755, found.inode(2).getShort(0) & 0xffff, "the root folder");
            assertThrows(IOException.class, () -> found.inode(0));
            assertThrows(IOException.class, () -> found.group(found.groups()));
        }
    }

    @Test
    void clustersAreTakenWhole() throws Exception {
        try (FileChannel channel = FileChannel.open(made("-t ext4 -O bigalloc -C 65536", 100),
                StandardOpenOption.READ)) {
            Ext4 found = Ext4.of(Region.whole(channel)).orElseThrow();
            assertEquals(65536 / found.blockBytes(), found.clusterBlocks());
            assertEquals(found.blocks(), found.usage().used(0).cardinality());
        }
    }

    @Test
    void whatIsNoneOrDamagedIsSaid() throws Exception {
        Path image = made("-t ext4", 8);
        byte[] all = Files.readAllBytes(image);
        assertFalse(Ext4.in(bytes(new byte[8192])));
        assertTrue(Ext4.of(bytes(new byte[8192])).isEmpty());
        assertTrue(Ext4.of(bytes(new byte[10])).isEmpty());
        assertTrue(String
                .valueOf(
                        assertThrows(IOException.class, () -> Ext4.of(bytes(Arrays.copyOf(all, 1 << 20)))).getMessage())
                .endsWith("are there"));
        for (int at = 1024; at < 1024 + 256; at++) { // no damage makes it fail otherwise, or run for ever
            byte[] damaged = all.clone();
            damaged[at] = (byte) ~damaged[at];
            try {
                var one = Ext4.of(bytes(damaged));
                if (one.isPresent() && one.get().groups() < 1000) {
                    Ext4.Usage usage = one.get().usage();
                    for (int group = 0; group < one.get().groups(); group++) {
                        usage.used(group);
                    }
                }
            } catch (IOException e) {
                assertFalse(String.valueOf(e.getMessage()).isEmpty());
            }
        }
    }

    private Bytes bytes(byte[] all) throws IOException {
        Path file = Files.write(folder.resolve("bytes"), all);
        return Region.whole(FileChannel.open(file, StandardOpenOption.READ));
    }

    /** As dumpe2fs lists them. */
    private static String ranges(Ext4 of, int group, BitSet used) {
        var ranges = new ArrayList<String>();
        int count = of.blocksOf(group);
        for (int from = used.nextClearBit(0); from < count;) {
            int end = used.nextSetBit(from);
            long last = of.firstBlock(group) + (end < 0 ? count : end) - 1;
            long first = of.firstBlock(group) + from;
            ranges.add(first == last ? String.valueOf(first) : first + "-" + last);
            from = end < 0 ? count : used.nextClearBit(end);
        }
        return String.join(", ", ranges);
    }

    private static long said(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().findFirst().map((MatchResult one) -> one.group(1))
                .map(Long::parseLong).orElseThrow();
    }

    private Path made(String kind, int megabytes) throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree/etc"));
        byte[] random = new byte[3_000_000];
        new Random(megabytes).nextBytes(random);
        Files.write(tree.resolve("random"), random);
        Files.writeString(tree.resolve("hostname"), "node\n");
        Path image = folder.resolve("fs.img");
        var words = new ArrayList<>(List.of("mke2fs", "-q", "-F", "-d", folder.resolve("tree").toString()));
        words.addAll(List.of(kind.split(" ", -1)));
        words.addAll(List.of(image.toString(), megabytes + "M"));
        run(words.toArray(String[]::new));
        return image;
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> String.join(" ", words));
        assertEquals(0, process.exitValue(), () -> String.join(" ", words) + ": " + said);
        return said;
    }
}
