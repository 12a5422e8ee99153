package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are written to while they are cloned, that fail, or hold what nobody knows. */
class CloningTest {
    private static final int MIB = 1 << 20;
    private static final int SYSTEM = 24 * MIB;

    @TempDir
    Path folder = Path.of("");

    /** A disk in memory, which becomes another one while it is read. */
    private static class Living implements Original {
        private final List<byte[]> states;
        private final LongConsumer reads;
        private int refreshed = -1;

        /** @param reads hears of each place that is read, and may throw */
        Living(List<byte[]> states, LongConsumer reads) {
            this.states = states;
            this.reads = reads;
        }

        private byte[] now() {
            return states.get(Math.clamp(refreshed, 0, states.size() - 1));
        }

        @Override
        public String shown() {
            return "the disk";
        }

        @Override
        public List<String> uses() {
            return states.size() > 1 ? List.of("somebody writes to it") : List.of();
        }

        @Override
        public void settle() {
            refreshed++;
        }

        @Override
        public void forget() {
            // it knows nothing
        }

        @Override
        public long length() {
            return now().length;
        }

        @Override
        public ByteBuffer read(long at, int bytes) throws IOException {
            reads.accept(at);
            return ByteBuffer.wrap(Arrays.copyOfRange(now(), (int) at, (int) at + bytes))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private Cloning.Result clone(Original original, String name) throws InterruptedException {
        var cloning = new Cloning(original, folder.resolve(name), Packing.of(name).orElseThrow());
        return cloning.run(cloning.look());
    }

    /** What an image holds once it is unpacked. */
    private byte[] unpacked(String name) {
        ByteBuffer all = ByteBuffer.allocate(32 * MIB);
        try (var in = new Unpacking(LocalOrigin.of(folder.resolve(name)), java.util.Optional.empty())) {
            while (in.read(all)) {
                // until it is all
            }
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    /** A disk with one partition, and rubbish wherever nothing is. */
    private static byte[] disk(int type, byte[] system) {
        byte[] disk = new byte[MIB + system.length + MIB];
        Arrays.fill(disk, (byte) 0xa5);
        System.arraycopy(system, 0, disk, MIB, system.length);
        Arrays.fill(disk, 446, 512, (byte) 0);
        ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN).put(450, (byte) type).putInt(454, MIB / 512)
                .putInt(458, system.length / 512).putShort(510, (short) 0xaa55);
        return disk;
    }

    /** A file system of ext4 over rubbish, with some files. */
    private byte[] system(String... files) throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        for (String file : files) {
            byte[] random = new byte[300_000];
            new Random(file.hashCode()).nextBytes(random);
            Files.write(tree.resolve(file), random);
        }
        byte[] rubbish = new byte[SYSTEM];
        Arrays.fill(rubbish, (byte) 0xa5);
        Path file = Files.write(folder.resolve("system"), rubbish);
        run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^resize_inode,sparse_super2", "-E",
                "num_backup_sb=0,nodiscard,lazy_itable_init=0,hash_seed=" + SEED, "-U", SEED, "-d",
                tree.toString(), file.toString());
        return Files.readAllBytes(file);
    }

    private static final String SEED = "5d4d9ff0-9a2f-4fb7-8d35-000000000001";

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> String.join(" ", words));
        assertEquals(0, process.exitValue(), () -> String.join(" ", words) + ": " + said);
        return said;
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith("a.img")).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.img", "a.img.gz", "a.img.xz", "a.img.zst"})
    void whatIsInUseIsTakenAndNothingElse(String name) throws Exception {
        byte[] disk = disk(0x83, system("one", "two"));
        Cloning.Result result = clone(new Living(List.of(disk), _ -> {}), name);
        byte[] image = unpacked(name);
        assertEquals(MIB + SYSTEM, image.length);
        assertEquals(image.length, result.size());
        assertArrayEquals(Arrays.copyOf(disk, MIB), Arrays.copyOf(image, MIB), "what is before the first partition");
        Path system = Files.write(folder.resolve("cloned"), Arrays.copyOfRange(image, MIB, image.length));
        run("e2fsck", "-fn", system.toString());
        run("debugfs", "-R", "dump /two " + folder.resolve("two"), system.toString());
        assertArrayEquals(Files.readAllBytes(folder.resolve("tree/two")), Files.readAllBytes(folder.resolve("two")));
        int rubbish = 0;
        for (int at = MIB; at + 4 <= image.length; at += 512) {
            rubbish += image[at] == (byte) 0xa5 && image[at + 3] == (byte) 0xa5 ? 1 : 0;
        }
        assertTrue(rubbish < 20, "rubbish is in " + rubbish + " sectors");
        assertEquals(List.of(name, name + ".sha256"), left());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))));
        assertTrue(name.endsWith("img") || Files.size(folder.resolve(name)) < 2 * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.img", "a.img.gz", "a.img.xz", "a.img.zst"})
    void whatChangesMeanwhileIsTakenAsItIsInTheEnd(String name) throws Exception {
        byte[] before = disk(0x83, system("one"));
        byte[] after = disk(0x83, system("one", "more", "and more"));
        Cloning.Result result = clone(new Living(List.of(before, after), _ -> {}), name);
        assertTrue(result.again() > 300_000 && !result.restless(), result::toString);
        clone(new Living(List.of(after), _ -> {}), "b.img");
        assertArrayEquals(unpacked("b.img"), unpacked(name));
        assertEquals(result.sha256(), Files.readString(folder.resolve(name + ".sha256")).split(" ", -1)[0]);
        assertTrue(Checksum.beside(LocalOrigin.of(folder.resolve(name))).isPresent());
        assertEquals(List.of(name, name + ".sha256"), left());

        Cloning.Result restless = clone(new Living(List.of(before, after, before, after, before), _ -> {}), name);
        assertTrue(restless.restless(), restless::toString);
    }

    @Test
    void whatIsOverwrittenMeanwhileIsReadOnceMore() throws Exception {
        Path big = Files.createDirectories(folder.resolve("tree")).resolve("big");
        var disks = new ArrayList<byte[]>();
        var content = new byte[12 * MIB];
        for (int i = 1; i <= 2; i++) { // in the same blocks, and the same bitmaps tell of it
            new Random(i).nextBytes(content);
            Files.write(big, content);
            Files.setLastModifiedTime(big, FileTime.fromMillis(i * 1_000_000L));
            disks.add(disk(0x83, system()));
        }
        Cloning.Result result = clone(new Living(disks, _ -> {}), "a.img");
        assertTrue(result.again() >= content.length && !result.restless(), result::toString);
        Path system = Files.write(folder.resolve("cloned"), Arrays.copyOfRange(unpacked("a.img"), MIB, MIB + SYSTEM));
        run("debugfs", "-R", "dump /big " + folder.resolve("dumped"), system.toString());
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("dumped")));
    }

    /**
     * A file system that wasn't unmounted: its journal alone knows of the blocks of a file.
     *
     * @param sums how the journal's blocks are summed
     */
    private byte[] unclean(String sums) throws Exception {
        system("one", "two");
        Path before = Files.copy(folder.resolve("system"), folder.resolve("before"));
        Path system = folder.resolve("system");
        String places = run("debugfs", "-R", "blocks /two", system.toString()).replaceFirst("(?s)debugfs.*?\n", "");
        run("debugfs", "-w", "-R", "rm /two", before.toString());
        // What differs is metadata: it goes to the journal, and the places of it stay as they were.
        byte[] with = Files.readAllBytes(system);
        byte[] without = Files.readAllBytes(before);
        var commands = new StringBuilder("jo " + sums + "\n");
        for (int block = 0; block < SYSTEM / 1024; block++) {
            byte[] newer = Arrays.copyOfRange(with, block * 1024, (block + 1) * 1024);
            if (!Arrays.equals(newer, Arrays.copyOfRange(without, block * 1024, (block + 1) * 1024))) {
                Path content = Files.write(folder.resolve("block" + block), newer);
                if (block > 1) { // the superblock
                    commands.append("jw -b ").append(block).append(' ').append(content).append('\n');
                }
            }
        }
        commands.append("jc\n");
        for (String place : places.strip().split(" +", -1)) { // its content is where it belongs
            int at = 1024 * Integer.parseInt(place);
            assertEquals(with[at], without[at]);
        }
        Path file = Files.writeString(folder.resolve("commands"), commands);
        run("debugfs", "-w", "-f", file.toString(), before.toString());
        return Files.readAllBytes(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-c"})
    void whatTheJournalAloneKnowsIsTaken(String sums) throws Exception {
        byte[] disk = disk(0x83, unclean(sums));
        var cloning = new Cloning(new Living(List.of(disk), _ -> {}), folder.resolve("a.img"), Packing.NONE);
        UsedBlocks found = cloning.look();
        assertTrue(found.parts().getFirst().recovery() && !found.parts().getFirst().whole(),
                () -> found.parts().toString());
        cloning.run(found);
        assertReplayed(unpacked("a.img"));

        // A journal that can't be read may name any block.
        Path system = Files.write(folder.resolve("fast"), Arrays.copyOfRange(disk, MIB, MIB + SYSTEM));
        String place = run("debugfs", "-R", "bmap <8> 0", system.toString()).replaceFirst("(?s)debugfs.*?\n", "");
        byte[] fast = disk(0x83, Files.readAllBytes(system));
        fast[MIB + 1024 * Integer.parseInt(place.strip()) + 43] |= 0x20;
        var whole = new Cloning(new Living(List.of(fast), _ -> {}), folder.resolve("a.img"), Packing.NONE);
        UsedBlocks all = whole.look();
        assertTrue(all.parts().getFirst().recovery() && all.parts().getFirst().whole());
        whole.run(all);
        assertArrayEquals(Arrays.copyOf(fast, MIB + SYSTEM), unpacked("a.img"));
        assertEquals(1, Shrinking.last(all, "the disk").number(), "e2fsck can read it");
    }

    private void assertReplayed(byte[] image) throws Exception {
        Path system = Files.write(folder.resolve("cloned"), Arrays.copyOfRange(image, MIB, MIB + SYSTEM));
        new ProcessBuilder("e2fsck", "-fy", system.toString()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor(); // its code says that it did something
        Path file = folder.resolve("dumped");
        run("debugfs", "-R", "dump /two " + file, system.toString());
        assertArrayEquals(Files.readAllBytes(folder.resolve("tree/two")), Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.img", "a.img.xz"})
    void whatCantBeReadLeavesNothingBehind(String name) throws Exception {
        byte[] disk = disk(0x83, system("one", "two"));
        Original broken = new Living(List.of(disk), _ -> {}) {
            @Override
            public ByteBuffer read(long at, int bytes) throws IOException {
                if (bytes > 4096 && at > MIB) {
                    throw new IOException("Input/output error");
                }
                return super.read(at, bytes);
            }
        };
        ProblemException said = assertThrows(ProblemException.class, () -> clone(broken, name));
        assertTrue(said.summary().matches("Tried to read the disk, but .*Input/output error\\."), said.summary());
        assertEquals(List.of(), left());
        Files.writeString(folder.resolve(name), "that was there before");
        assertThrows(ProblemException.class, () -> clone(broken, name));
        assertEquals("that was there before", Files.readString(folder.resolve(name)));
    }

    @Test
    void aFat32OfFewClustersIsOne() throws Exception {
        Path file = Files.write(folder.resolve("boot"), new byte[16 * MIB]);
        run("mkfs.vfat", "-F", "32", "-s", "8", file.toString());
        byte[] content = new byte[2_800_000];
        new Random(3).nextBytes(content);
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.READ,
                java.nio.file.StandardOpenOption.WRITE)) {
            Fat.of(Region.whole(channel)).write("kernel.img", content);
        }
        run("fsck.vfat", "-n", file.toString());
        clone(new Living(List.of(disk(0x0c, Files.readAllBytes(file))), _ -> {}), "a.img");
        Path cloned = Files.write(folder.resolve("cloned"), Arrays.copyOfRange(unpacked("a.img"), MIB, 17 * MIB));
        run("fsck.vfat", "-n", cloned.toString());
        try (var channel = java.nio.channels.FileChannel.open(cloned, java.nio.file.StandardOpenOption.READ)) {
            assertArrayEquals(content, Fat.of(Region.whole(channel)).read("kernel.img"));
        }
    }

    @Test
    void whatNobodyKnowsIsTakenWhole() throws Exception {
        byte[] unknown = new byte[2 * MIB];
        new Random(1).nextBytes(unknown);
        byte[] disk = disk(0x83, unknown);
        clone(new Living(List.of(disk), _ -> {}), "a.img.zst");
        assertArrayEquals(Arrays.copyOf(disk, 3 * MIB), unpacked("a.img.zst"));

        System.arraycopy("SWAPSPACE2".getBytes(StandardCharsets.US_ASCII), 0, disk, MIB + 4086, 10);
        clone(new Living(List.of(disk), _ -> {}), "a.img.zst");
        byte[] swap = unpacked("a.img.zst");
        assertArrayEquals(Arrays.copyOf(disk, MIB + 65536), Arrays.copyOf(swap, MIB + 65536));
        assertArrayEquals(new byte[2 * MIB - 65536], Arrays.copyOfRange(swap, MIB + 65536, swap.length));

        byte[] damaged = disk(0x83, system("one"));
        ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(MIB + 1024 + 32, 3); // blocks of a group
        Arrays.fill(damaged, MIB + 1024 + 40, MIB + 1024 + 44, (byte) 0xff);
        var cloning = new Cloning(new Living(List.of(damaged), _ -> {}), folder.resolve("a.img"), Packing.NONE);
        UsedBlocks found = cloning.look();
        assertEquals("ext, damaged", found.parts().getFirst().kind());
        cloning.run(found);
        assertArrayEquals(Arrays.copyOf(damaged, MIB + SYSTEM), unpacked("a.img"));
    }

    @Test
    void whatIsNoDiskIsSaid() {
        for (byte[] none : List.of(new byte[MIB], new byte[100], Arrays.copyOf(disk(0x83, new byte[4 * MIB]), MIB))) {
            var cloning = new Cloning(new Living(List.of(none), _ -> {}), folder.resolve("a.img"), Packing.NONE);
            String said = assertThrows(ProblemException.class, cloning::look).summary();
            assertTrue(said.startsWith("Tried to clone the disk, but ")
                    && (said.contains("there is no partition table on it") || said.contains("5.2 MB, but it has only")),
                    said);
        }
        assertFalse(Files.exists(folder.resolve("a.img")));
        assertEquals(java.util.Optional.empty(), Packing.of("a.tar"));
        assertEquals(List.of(Packing.XZ, Packing.NONE), new ArrayList<>(
                Stream.of("A.IMG.XZ", "a.img").map(name -> Packing.of(name).orElseThrow()).toList()));
    }
}
