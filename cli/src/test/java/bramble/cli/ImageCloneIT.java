package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bramble.image.Cloning;
import bramble.image.Disk;
import bramble.image.LocalOriginal;
import bramble.image.Original;
import bramble.image.Packing;
import bramble.image.UsedBlocks;
import java.io.IOException;
import java.io.RandomAccessFile;
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
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code bramble image clone} of real block devices, here and on nodes, and back to a card by {@code bramble image write}. */
@Timeout(120)
class ImageCloneIT {
    private static final int MIB = 1 << 20;
    private static final int BOOT = 4 * MIB;
    private static final int ROOT = 16 * MIB;
    private static final int END = 48 * MIB;
    private static final int SIZE = 64 * MIB;
    private static final String INVENTORY = "/var/lib/bramble-lab/clone/inventory.yml";

    @TempDir
    Path folder = Path.of("");

    @RegisterExtension
    final LoopDevices loops = new LoopDevices();

    private static String run(String... words) throws IOException {
        return BootImage.run(words).strip();
    }

    private Cli.Said clone(String... words) {
        var all = new ArrayList<>(List.of("image", "clone"));
        all.addAll(List.of(words));
        return new Cli(folder, folder.resolve("data")).call(all);
    }

    /** A card with a boot partition of FAT, a root of ext4, and rubbish wherever nothing is. */
    private Path card(boolean gpt) throws IOException {
        byte[] rubbish = new byte[SIZE];
        Arrays.fill(rubbish, (byte) 0xa5);
        Path card = folder.resolve("card");
        Path boot = Files.write(folder.resolve("boot"), Arrays.copyOf(rubbish, ROOT - BOOT));
        run("mkfs.vfat", "-F", "16", "-n", "BOOTFS", boot.toString());
        Path text = Files.writeString(folder.resolve("cmdline.txt"), "console=tty1\n");
        run("mcopy", "-i", boot.toString(), text.toString(), "::cmdline.txt");
        byte[] random = new byte[2_000_000];
        new Random(7).nextBytes(random);
        Path tree = Files.createDirectories(folder.resolve("tree/etc"));
        Files.write(tree.resolve("random"), random);
        Files.writeString(tree.resolve("hostname"), "pi3\n");
        Path root = Files.write(folder.resolve("root"), Arrays.copyOf(rubbish, END - ROOT));
        run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^resize_inode", "-E", "nodiscard,lazy_itable_init=0", "-d",
                folder.resolve("tree").toString(), root.toString());
        System.arraycopy(Files.readAllBytes(boot), 0, rubbish, BOOT, ROOT - BOOT);
        System.arraycopy(Files.readAllBytes(root), 0, rubbish, ROOT, END - ROOT);
        Arrays.fill(rubbish, 0, BOOT, (byte) 0);
        return Files.write(card, gpt ? gpt(rubbish) : mbr(rubbish));
    }

    private static byte[] mbr(byte[] disk) {
        ByteBuffer table = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
        table.putInt(440, 0x4d3ee428).putShort(510, (short) 0xaa55);
        table.put(450, (byte) 0x0e).putInt(454, BOOT / 512).putInt(458, (ROOT - BOOT) / 512);
        table.put(466, (byte) 0x83).putInt(470, ROOT / 512).putInt(474, (END - ROOT) / 512);
        return disk;
    }

    private static byte[] gpt(byte[] disk) {
        ByteBuffer table = ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN);
        int last = disk.length / 512 - 1;
        table.put(450, (byte) 0xee).putInt(454, 1).putInt(458, last).putShort(510, (short) 0xaa55);
        for (int at : new int[]{1024, (last - 32) * 512}) {
            Arrays.fill(disk, at, at + 128 * 128, (byte) 0);
            for (int i = 0; i < 2; i++) {
                table.putLong(at + 128 * i, 0x477284830fc63dafL).putLong(at + 128 * i + 8, 0xe47d47d8693d798eL)
                        .putLong(at + 128 * i + 16, 77L + i).putLong(at + 128 * i + 32, (i == 0 ? BOOT : ROOT) / 512)
                        .putLong(at + 128 * i + 40, (i == 0 ? ROOT : END) / 512 - 1L);
            }
        }
        for (int own : new int[]{1, last}) {
            int at = own * 512;
            Arrays.fill(disk, at, at + 512, (byte) 0);
            table.put(at, "EFI PART".getBytes(StandardCharsets.US_ASCII)).putInt(at + 8, 0x10000).putInt(at + 12, 92)
                    .putLong(at + 24, own).putLong(at + 32, own == 1 ? last : 1).putLong(at + 40, 34)
                    .putLong(at + 48, last - 33L).putLong(at + 56, 99).putLong(at + 72, own == 1 ? 2 : last - 32)
                    .putInt(at + 80, 128).putInt(at + 84, 128).putInt(at + 88, crc(disk, 1024, 128 * 128));
            table.putInt(at + 16, crc(disk, at, 92));
        }
        return disk;
    }

    private static int crc(byte[] bytes, int from, int length) {
        var crc = new CRC32();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** Writes a clone to another card, and looks whether all that mattered is on it, and none of the rubbish. */
    private byte[] restored(String image) throws IOException {
        Path other = folder.resolve("other");
        Files.deleteIfExists(other);
        Files.createFile(other);
        Cli.Said said = new Cli(folder, folder.resolve("data")).call("image", "write", "--force", "--yes", image,
                "other");
        assertEquals(0, said.code(), said::toString);
        assertTrue(said.out().contains("Checksum, by " + image + ".sha256: "), said::toString);
        byte[] all = Files.readAllBytes(other);
        Path boot = Files.write(folder.resolve("boot2"), Arrays.copyOfRange(all, BOOT, ROOT));
        String[] last = run("partx", "--raw", "--noheadings", "--nr", "2", "--output", "START,SECTORS",
                other.toString())
                .split(" ", -1);
        assertEquals(ROOT / 512, Integer.parseInt(last[0]));
        Path root = Files.write(folder.resolve("root2"),
                Arrays.copyOfRange(all, ROOT, ROOT + 512 * Integer.parseInt(last[1])));
        run("fsck.vfat", "-n", boot.toString());
        run("e2fsck", "-fn", root.toString());
        assertEquals("console=tty1", run("mtype", "-i", boot.toString(), "::cmdline.txt"));
        run("debugfs", "-R", "dump /etc/random " + folder.resolve("random2"), root.toString());
        assertArrayEquals(Files.readAllBytes(folder.resolve("tree/etc/random")),
                Files.readAllBytes(folder.resolve("random2")));
        int rubbish = 0;
        for (int at = 0; at + 4 <= all.length; at += 512) {
            rubbish += all[at] == (byte) 0xa5 && all[at + 3] == (byte) 0xa5 ? 1 : 0;
        }
        assertTrue(rubbish < 20, "rubbish is in " + rubbish + " sectors");
        return all;
    }

    @Test
    void aCardComesBackFromItsClone() throws IOException {
        String device = loops.attach(card(false), "--read-only");
        Cli.Said dry = clone(device, "c.img.xz", "--dry-run");
        assertEquals(0, dry.code(), dry::toString);
        assertTrue(dry.out().contains("Would clone " + device + ", 67.1 MB, of which ")
                && dry.out().contains("  partition 1: vfat, 12.6 MB, ")
                && dry.out().contains("  partition 2: ext, 33.6 MB, "), dry::toString);
        assertFalse(Files.exists(folder.resolve("c.img.xz")));

        Cli.Said said = clone(device, "c.img.xz");
        assertEquals(0, said.code(), said::toString);
        assertTrue(run("xz", "--robot", "--list", folder.resolve("c.img.xz").toString()).contains("\nfile\t1\t12\t"),
                "blocks of one stream");
        assertTrue(Files.size(folder.resolve("c.img.xz")) < 3_000_000);
        assertEquals(END, restored("c.img.xz").length);
        Cli.Said again = clone(device, "c.img.xz");
        assertTrue(again.code() == 1 && again.err().contains("it is there already"), again::toString);
        Cli.Said image = clone("card", "c.img.zst");
        assertEquals(0, image.code(), image::toString);
        assertEquals(END, restored("c.img.zst").length);
    }

    @Test
    void aTableOfTheOtherKindIsMadeToFit() throws IOException {
        Path card = card(true);
        String before = run("partx", "--raw", "--output", "NR,START,END,UUID", card.toString());
        Cli.Said said = clone(card.toString(), "c.img");
        assertEquals(0, said.code(), said::toString);
        Path image = folder.resolve("c.img");
        assertEquals(END + 33 * 512, restored("c.img").length);
        assertEquals(before, run("partx", "--raw", "--output", "NR,START,END,UUID", image.toString()));
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(512);
            file.write(new byte[512]);
        }
        assertEquals(before, run("partx", "--raw", "--output", "NR,START,END,UUID", image.toString()), "by the copy");
    }

    @Test
    void aShrunkCloneIsSmallAndSound() throws IOException {
        Path card = card(true);
        Cli.Said clone = clone("--shrink", card.toString(), "c.img.gz");
        assertEquals(0, clone.code(), clone::toString);
        assertTrue(clone.out().contains("Shrunk from 50.3 MB to "), clone::toString);
        int small = restored("c.img.gz").length;
        assertTrue(small < 40 * MIB, "it has " + small);

        Files.copy(card(false), folder.resolve("own.img"));
        var cli = new Cli(folder, folder.resolve("data"));
        Cli.Said shrunk = cli.call("image", "shrink", "own.img");
        assertEquals(0, shrunk.code(), shrunk::toString);
        assertTrue(shrunk.out().startsWith("Shrinking "), shrunk::toString);
        assertEquals(small - 33 * 512, restored("own.img").length);
        try (var names = Files.list(folder)) {
            assertEquals(0, names.filter(name -> name.toString().contains(".un")).count());
        }

        Cli.Said packed = cli.call("image", "shrink", "c.img.gz");
        assertTrue(
                packed.code() == 1 && packed.err().contains("it is packed")
                        && packed.err().contains("gunzip -k c.img.gz"),
                packed::toString);
        try (var file = new RandomAccessFile(folder.resolve("own.img").toFile(), "rw")) {
            file.seek(ROOT + 1024 + 56); // what tells that it is one
            file.write(new byte[2]);
        }
        Files.write(folder.resolve("none.img"), new byte[MIB]);
        Cli.Said none = cli.call("image", "shrink", "none.img");
        assertTrue(none.code() == 1 && none.err().contains("Tried to shrink "), none::toString);
        byte[] before = Files.readAllBytes(folder.resolve("own.img"));
        Cli.Said unknown = cli.call("image", "shrink", "own.img");
        assertTrue(unknown.code() == 1 && unknown.err().contains("partition 2, but there is something unknown in it"),
                unknown::toString);
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("own.img")));
    }

    @Test
    void aCardInUseAndWhatFails() throws IOException {
        Path card = card(false);
        String device = loops.attach(card, "--offset", "0");
        String system = loops.attach(Path.of(device), "--offset", String.valueOf(ROOT));
        Path place = Files.createDirectory(folder.resolve("place"));
        loops.mount(place, system);
        Files.writeString(place.resolve("new"), "just now\n");
        Cli.Said live = clone(system, "part.img");
        assertTrue(live.code() == 1 && live.err().contains("there is no partition table on it"), live::toString);
        run("sync");
        Cli.Said busy = clone(device, "c.img.gz");
        assertEquals(0, busy.code(), busy::toString);
        assertTrue(busy.out().contains("its journal is to be replayed")
                && busy.out().contains("It is in use (" + device + " is attached to " + system + ")"), busy::toString);
        Files.copy(card, folder.resolve("pulled.img"));
        Cli.Said pulled = clone("pulled.img", "d.img.gz", "--dry-run");
        assertTrue(pulled.code() == 0 && pulled.out().contains("It wasn't unmounted when it was last used"),
                pulled::toString);

        Path little = Files.createDirectory(folder.resolve("little"));
        loops.mount(little, "-t", "tmpfs", "-o", "size=1m", "none");
        Cli.Said full = clone(device, "little/c.img.zst");
        assertTrue(full.code() == 1 && full.err().contains("little/c.img.zst, but no space is left there."),
                full::toString);
        try (var left = Files.list(little)) {
            assertEquals(0, left.count(), "nothing is left of it");
        }

        for (String[] wrong : new String[][]{{"cord", "c2.img", "There is no host cord in the inventory"},
            {"./cord", "c2.img", "there is no such file"}, {device, "c2.tar", "says nothing of how"},
            {device, "nowhere/c2.img", "there is no folder"}, {"tree/etc", "c2.img", "it is a folder"},
            {"card", "card.img/", "says nothing of how"}, {"tree/etc/hostname", "c2.img", "no partition table"}}) {
            Cli.Said said = clone(wrong[0], wrong[1]);
            assertTrue(said.code() == 1 && said.err().contains(wrong[2]), said::toString);
            assertEquals(1, said.err().split("ERROR!", -1).length - 1, said::toString);
        }
        Path cut = Files.write(folder.resolve("cut.img"), Arrays.copyOf(Files.readAllBytes(card), 20 * MIB));
        Cli.Said tooShort = clone(cut.toString(), "c3.img");
        assertTrue(tooShort.code() == 1
                && tooShort.err().contains("its partitions are said to end at 50.3 MB, but it has only 21.0 MB"),
                tooShort::toString);
    }

    /** A card whose root is mounted here: before each of its readings a file comes, until it is read for the last time one goes now and then. */
    private static final class Busy implements Original {
        private static final int MOST = 80;
        private static final int LAST = 4;

        private final LocalOriginal card;
        private final Path place;
        private int files;
        private boolean writes;
        private int passes;

        Busy(Path card, Path place) {
            this.card = LocalOriginal.of(card, Disk.Found.here());
            this.place = place;
        }

        private static byte[] content(String name) {
            var random = new Random(name.hashCode());
            byte[] content = new byte[2_000 + random.nextInt(20_000)];
            random.nextBytes(content);
            return content;
        }

        private void work() throws IOException {
            for (int i = 0; i < 3 && writes && files < passes * MOST; i++) {
                files++;
                String name = "f" + files;
                try (var file = FileChannel.open(place.resolve(name + ".new"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.wrap(content(name)));
                    file.force(true);
                }
                Files.move(place.resolve(name + ".new"), place.resolve(name));
                if (passes < LAST && files % 2 == 0) {
                    Files.deleteIfExists(place.resolve("f" + (files - 6)));
                }
            }
        }

        @Override
        public String shown() {
            return "the card";
        }

        @Override
        public List<String> uses() {
            return List.of("it is mounted");
        }

        @Override
        public void settle() throws IOException {
            passes++;
            run("sync");
        }

        @Override
        public void forget() {
            // what is read of a file is what was written to it
        }

        @Override
        public long length() {
            return card.length();
        }

        @Override
        public ByteBuffer read(long at, int bytes) throws IOException {
            work();
            return card.read(at, bytes);
        }

        @Override
        public void close() {
            card.close();
        }
    }

    @Test
    void whatComesWhileItIsReadIsWholeOrNotThere() throws Exception {
        Path card = card(false);
        Path place = Files.createDirectory(folder.resolve("place"));
        loops.mount(place, loops.attach(card, "--offset", String.valueOf(ROOT), "--sizelimit",
                String.valueOf(END - ROOT)));
        Path image = folder.resolve("c.img");
        try (var busy = new Busy(card, place)) {
            var cloning = new Cloning(busy, image, Packing.NONE);
            UsedBlocks found = cloning.look();
            busy.writes = true;
            cloning.run(found);
            assertTrue(busy.files > 150, () -> "only " + busy.files);
        }
        Path root = folder.resolve("root2");
        Files.write(root, Arrays.copyOfRange(Files.readAllBytes(image), ROOT, END));
        run("e2fsck", "-E", "journal_only", "-y", root.toString());
        run("e2fsck", "-fn", root.toString());
        Path all = Files.createDirectory(folder.resolve("all"));
        run("debugfs", "-R", "rdump / " + all, root.toString());
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(all, "f*[0-9]")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                names.add(name);
                assertArrayEquals(Busy.content(name), Files.readAllBytes(file), name);
            }
        }
        assertTrue(names.size() > 20, names::toString);
    }

    @Test
    void theDiskOfANode() throws IOException {
        String device = loops.attach(card(false), "--read-only");
        try (var lab = RoleLab.up("clone", "10.77.107", folder, "n1 .11 light\nn2 .12 busybox\n")) {
            Cli.Said which = clone("-i", INVENTORY, "n1", folder.resolve("n1.img").toString());
            assertTrue(which.code() == 1 && which.err().contains("its / is on overlay, which is no disk"),
                    which::toString);
            for (String node : List.of("n1", "n2")) {
                String number = device.replaceFirst("/dev/loop", "");
                lab.lab("ssh", node, (node.equals("n1") ? "sudo " : "") + "mknod " + device + " b 7 " + number);
                Path image = folder.resolve(node + ".img.zst");
                Cli.Said said = clone("-i", INVENTORY, "--disk", device, node, image.toString());
                assertEquals(0, said.code(), said::toString);
                assertTrue(said.out().contains("Cloning " + device + " of " + node + ", 67.1 MB"), said::toString);
                restored(node + ".img.zst");
            }
            Cli.Said none = clone("-i", INVENTORY, "--disk", "/dev/$(reboot)", "n1", "/tmp/none.img");
            assertTrue(none.code() != 0 && none.err().contains("--disk is /dev/"), none::toString);
        }
    }
}
