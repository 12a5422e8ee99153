package bramble.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;

/** Images of cards that start: a boot partition, and a root file system made of the tree that the lab's Debian nodes are made from. */
final class SystemImage {
    private static final int SECTOR = 512;
    private static final int BOOT = 8192;
    private static final int BOOT_SECTORS = 35 * 2048;
    private static final int ROOT = BOOT + BOOT_SECTORS;
    private static final int ROOT_SECTORS = 320 * 2048;

    /** Lays a file system over the tree, changes it there, and packs it. Its own mounts go when it ends. */
    private static final String PACK = """
            set -eu
            base=$1 scratch=$2 sectors=$3 change=$4
            mount -t tmpfs none "$scratch"
            mkdir "$scratch/up" "$scratch/work" "$scratch/root"
            mount -t overlay overlay -o "lowerdir=$base,upperdir=$scratch/up,workdir=$scratch/work" "$scratch/root"
            cd "$scratch/root"
            rm -rf usr/share/doc usr/share/locale usr/share/man usr/share/i18n var/cache/apt/* var/lib/apt/lists/*
            mkdir boot/firmware
            echo 'PARTUUID=4d3ee428-02 / ext4 defaults,noatime 0 0' >etc/fstab
            sh -euc "$change"
            mke2fs -q -F -t ext4 -i 16384 -L rootfs -E lazy_itable_init=0 -d . "$5" "$((sectors / 2))k"
            """;

    private SystemImage() {}

    /**
     * Makes one.
     *
     * @param file where
     * @param boot the files of its boot partition
     * @param change a command of a shell of this machine, which is run in the root of the tree before it is packed
     */
    static Path of(Path file, Map<String, String> boot, String change) throws IOException {
        Path scratch = Files.createTempDirectory(file.toAbsolutePath().getParent(), "system");
        Path system = file.resolveSibling("root.ext4");
        BootImage.run("unshare", "--mount", "--propagation", "private", "sh", "-c", PACK, "sh", debian().toString(),
                scratch.toString(), Integer.toString(ROOT_SECTORS), change, system.toString());
        Path fat = scratch.resolve("fat");
        try (var channel = FileChannel.open(fat, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), BOOT_SECTORS * (long) SECTOR - 1);
        }
        BootImage.run("mkfs.vfat", "-F", "32", "-s", "1", "-n", "BOOTFS", fat.toString());
        for (Map.Entry<String, String> one : boot.entrySet()) {
            Path content = Files.writeString(scratch.resolve("content"), one.getValue());
            BootImage.run("mcopy", "-i", fat.toString(), content.toString(), "::" + one.getKey());
        }
        Files.write(file, table());
        BootImage.run("dd", "if=" + fat, "of=" + file, "bs=1M", "seek=4", "conv=notrunc,sparse");
        BootImage.run("dd", "if=" + system, "of=" + file, "bs=1M", "seek=39", "conv=notrunc,sparse");
        BootImage.run("truncate", "-s", Long.toString((ROOT + ROOT_SECTORS) * (long) SECTOR), file.toString());
        Files.delete(system);
        return file;
    }

    private static byte[] table() {
        ByteBuffer record = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(440, 0x4d3ee428).putShort(510, (short) 0xaa55);
        record.put(450, (byte) 0x0c).putInt(454, BOOT).putInt(458, BOOT_SECTORS);
        record.put(466, (byte) 0x83).putInt(470, ROOT).putInt(474, ROOT_SECTORS);
        return record.array();
    }

    /** A file of the boot partition of a card, as mtools sees it. */
    static String text(Path card, String name) throws IOException {
        return BootImage.run("mtype", "-i", card + "@@" + BOOT * SECTOR, "::" + name);
    }

    /** The names in the boot partition of a card, as mtools sees them. */
    static String names(Path card) throws IOException {
        return BootImage.run("mdir", "-b", "-i", card + "@@" + BOOT * SECTOR, "::");
    }

    /** The root file system of a card, in a file beside it. */
    static Path root(Path card) throws IOException {
        Path root = card.resolveSibling(card.getFileName() + ".root");
        BootImage.run("dd", "if=" + card, "of=" + root, "bs=1M", "skip=39", "conv=sparse");
        return root;
    }

    /** What the Debian nodes of the lab are made from. */
    private static Path debian() throws IOException {
        BootImage.run(RoleLab.PROJECT.resolve("lab/lab").toString(), "base");
        try (Stream<Path> trees = Files.list(Path.of("/var/lib/bramble-lab/base"))) {
            return trees.filter(tree -> tree.getFileName().toString().startsWith("debian.")).findFirst().orElseThrow();
        }
    }
}
