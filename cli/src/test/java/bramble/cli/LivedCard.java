package bramble.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The image of a card on which a system has run: its boot partition, its root file system, and room behind them. Made, and looked at, by
 * the usual tools.
 *
 * @param image where it is
 * @param gpt whether it has a GUID partition table
 * @param rootSectors how many its root file system has
 */
record LivedCard(Path image, boolean gpt, int rootSectors) {
    static final int SECTOR = 512;
    static final int BOOT = 2048;
    static final int BOOT_SECTORS = 4 * 2048;
    static final int ROOT = BOOT + BOOT_SECTORS;
    static final int ROOT_SECTORS = 8 * 2048;
    private static final int BEHIND = 4 * 2048;
    static final String MACHINE_ID = "0123456789abcdef0123456789abcdef";
    private static final String DISK = "11111111-2222-4333-8444-555555555555";

    /** What the parts of such a card are; a test makes others of it. */
    static Map<String, String> boot(boolean gpt) {
        return new LinkedHashMap<>(Map.of("cmdline.txt", "console=tty1 root=PARTUUID=" + partUuid(gpt, 2)
                + " rootfstype=ext4 fsck.repair=yes rootwait\n", "config.txt", "auto_initramfs=1\n", "issue.txt",
                "Raspberry Pi reference 2023-12-05\n", "kernel8.img", "a kernel\0with zeros"));
    }

    static Map<String, String> root(boolean gpt) {
        return new LinkedHashMap<>(Map.of("etc/fstab", """
                proc            /proc           proc    defaults          0       0
                # the card
                PARTUUID=%s  /boot/firmware  vfat    defaults          0       2
                PARTUUID=%s  /               ext4    defaults,noatime  0       1
                UUID=1234-ABCD /srv auto nofail
                odd
                """.formatted(partUuid(gpt, 1).toUpperCase(java.util.Locale.ROOT), partUuid(gpt, 2)),
                "etc/machine-id", MACHINE_ID + "\n", "etc/hostname", "golden\n", "usr/lib/systemd/systemd", "it",
                "var/lib/systemd/random-seed", "s".repeat(512), "var/lib/dbus/machine-id", MACHINE_ID + "\n",
                "etc/ssh/ssh_host_ed25519_key", "the other one's\n"));
    }

    static String partUuid(boolean gpt, int number) {
        return gpt ? number + "1111111-2222-4333-8444-00000000000" + number : "4d3ee428-0" + number;
    }

    static LivedCard of(Path scratch, boolean gpt) throws IOException {
        return of(scratch, gpt, boot(gpt), root(gpt), "ext4");
    }

    /** @param kind of the root file system */
    static LivedCard of(Path scratch, boolean gpt, Map<String, String> boot, Map<String, String> root, String kind)
            throws IOException {
        return of(scratch, gpt, boot, root, kind, Files.createDirectories(scratch.resolve("tree-" + System.nanoTime())),
                ROOT_SECTORS);
    }

    /** @param tree what else is in the root file system */
    static LivedCard of(Path scratch, boolean gpt, Map<String, String> boot, Map<String, String> root, String kind,
            Path tree, int rootSectors) throws IOException {
        int sectors = ROOT + rootSectors + BEHIND;
        ByteBuffer all = ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        if (gpt) {
            gpt(all, sectors, rootSectors);
        } else {
            mbr(all, rootSectors);
        }
        Path part = scratch.resolve("part");
        Files.write(part, new byte[BOOT_SECTORS * SECTOR]);
        BootImage.run("mkfs.vfat", "-F", "16", "-s", "1", "-n", "BOOTFS", part.toString());
        Path files = Files.createDirectories(scratch.resolve("boot-" + System.nanoTime()));
        var words = new ArrayList<>(List.of("mcopy", "-i", part.toString()));
        for (Map.Entry<String, String> one : boot.entrySet()) {
            words.add(Files.writeString(files.resolve(one.getKey()), one.getValue()).toString());
        }
        words.add("::");
        BootImage.run(words.toArray(String[]::new));
        all.put(BOOT * SECTOR, Files.readAllBytes(part));
        Files.write(part, new byte[rootSectors * SECTOR]);
        for (Map.Entry<String, String> one : root.entrySet()) {
            Path file = tree.resolve(one.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, one.getValue());
        }
        if (kind.startsWith("ext")) {
            if (!root.isEmpty() && !Files.exists(tree.resolve("lib"))) {
                Files.createSymbolicLink(tree.resolve("lib"), Path.of("usr/lib"));
            }
            BootImage.run("mke2fs", "-q", "-F", "-t", kind, "-L", "rootfs", "-d", tree.toString(), part.toString());
        }
        all.put(ROOT * SECTOR, Files.readAllBytes(part));
        return new LivedCard(Files.write(scratch.resolve("clone.img"), all.array()), gpt, rootSectors);
    }

    private static void mbr(ByteBuffer disk, int rootSectors) {
        disk.putInt(440, 0x4d3ee428).putShort(510, (short) 0xaa55);
        disk.put(450, (byte) 0x0c).putInt(454, BOOT).putInt(458, BOOT_SECTORS);
        disk.put(466, (byte) 0x83).putInt(470, ROOT).putInt(474, rootSectors);
    }

    /** With its copy where the image ends. */
    private static void gpt(ByteBuffer disk, int sectors, int rootSectors) {
        disk.put(450, (byte) 0xee).putInt(454, 1).putInt(458, sectors - 1).putShort(510, (short) 0xaa55);
        ByteBuffer entries = ByteBuffer.allocate(128 * 128).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            uuid(entries, 128 * i, "0fc63daf-8483-4772-8e79-3d69d8477de4");
            uuid(entries, 128 * i + 16, partUuid(true, i + 1));
            entries.putLong(128 * i + 32, i == 0 ? BOOT : ROOT).putLong(128 * i + 40,
                    i == 0 ? ROOT - 1 : ROOT + rootSectors - 1L);
        }
        for (boolean copy : new boolean[]{false, true}) {
            int at = (copy ? sectors - 1 : 1) * SECTOR;
            disk.put(at, "EFI PART".getBytes(StandardCharsets.US_ASCII)).putInt(at + 8, 0x10000).putInt(at + 12, 92)
                    .putLong(at + 24, copy ? sectors - 1 : 1).putLong(at + 32, copy ? 1 : sectors - 1)
                    .putLong(at + 40, 34).putLong(at + 48, sectors - 34).putLong(at + 72, copy ? sectors - 33 : 2)
                    .putInt(at + 80, 128).putInt(at + 84, 128).putInt(at + 88, crc(entries.array(), 128 * 128));
            uuid(disk, at + 56, DISK);
            disk.putInt(at + 16, crc(bytes(disk, at), 92));
            disk.put((copy ? sectors - 33 : 2) * SECTOR, entries.array());
        }
    }

    private static void uuid(ByteBuffer into, int at, String text) {
        String[] parts = text.split("-", -1);
        into.putInt(at, Integer.parseUnsignedInt(parts[0], 16)).putShort(at + 4, (short) Integer.parseInt(parts[1], 16))
                .putShort(at + 6, (short) Integer.parseInt(parts[2], 16));
        into.put(at + 8, java.util.HexFormat.of().parseHex(parts[3] + parts[4]));
    }

    private static byte[] bytes(ByteBuffer of, int at) {
        byte[] bytes = new byte[92];
        of.get(at, bytes);
        return bytes;
    }

    private static int crc(byte[] bytes, int length) {
        var crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** A card that was made of it. */
    LivedCard at(Path card) {
        return new LivedCard(card, gpt, rootSectors);
    }

    /** What the system sees of a partition: its PARTUUID, or how many sectors it has. */
    String seen(String column, int number) throws IOException {
        return BootImage.run("partx", "--show", "--noheadings", "--output", column, "--nr", String.valueOf(number),
                image.toString()).strip();
    }

    /** A file of its boot partition, in which fsck.vfat finds nothing wrong. */
    String boot(String name) throws IOException {
        Path part = part("boot", BOOT, BOOT_SECTORS);
        BootImage.run("fsck.vfat", "-n", part.toString());
        return BootImage.run("mtype", "-i", part.toString(), "::" + name);
    }

    /** A file of its root file system, in which e2fsck finds nothing wrong. */
    String root(String path) throws IOException {
        return BootImage.run("debugfs", "-R", "cat " + path, root().toString()).replaceFirst("debugfs .*\n", "");
    }

    /** Its root file system, in which e2fsck finds nothing wrong. */
    Path root() throws IOException {
        Path part = part("root", ROOT, rootSectors);
        BootImage.run("e2fsck", "-fn", part.toString());
        return part;
    }

    private Path part(String name, int from, int sectors) throws IOException {
        byte[] all = Files.readAllBytes(image);
        return Files.write(image.resolveSibling(image.getFileName() + "." + name),
                java.util.Arrays.copyOfRange(all, from * SECTOR, (from + sectors) * SECTOR));
    }
}
