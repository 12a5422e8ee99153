package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Images of cards, with the files that the boot partitions of Raspberry Pi OS have; made, and looked at, by the usual tools. */
record BootImage(Path file, Path scratch) {
    private static final int SECTOR = 512;
    private static final int BOOT = 8192;
    private static final int BOOT_SECTORS = 35 * 2048;
    private static final int ROOT = BOOT + BOOT_SECTORS;
    private static final int ROOT_SECTORS = 2 * 2048;

    @SuppressWarnings("InlineFormatString") // it is long
    private static final String CONFIG = """
            # settings of the firmware

            #dtparam=i2c_arm=on
            dtparam=audio=on
            %s
            [cm4]
            otg_mode=1

            [all]
            """;
    private static final String RESIZES = " quiet init=/usr/lib/raspi-config/init_resize.sh";

    /** A system as it was published. */
    enum Release {
        STRETCH("2018-11-13", RESIZES, ""),
        BUSTER("2020-05-27", RESIZES, ""),
        BULLSEYE("2022-09-22", RESIZES, ""),
        BOOKWORM("2023-12-05", " quiet init=/usr/lib/raspberrypi-sys-mods/firstboot", "auto_initramfs=1\n"),
        TRIXIE("2025-11-24", " resize", "auto_initramfs=1\n"),
        /** Before it had cloud-init. */
        TRIXIE_FIRST("2025-10-01", " resize", "auto_initramfs=1\n");

        private final String date;
        private final String parameters;
        private final String config;

        Release(String date, String parameters, String config) {
            this.date = date;
            this.parameters = parameters;
            this.config = config;
        }

        Map<String, String> files() {
            var files = new java.util.LinkedHashMap<>(Map.of("cmdline.txt",
                    "console=serial0,115200 console=tty1 root=PARTUUID=4d3ee428-02 rootfstype=ext4 fsck.repair=yes "
                            + "rootwait" + parameters + "\n",
                    "config.txt", CONFIG.formatted(config), "issue.txt",
                    "Raspberry Pi reference " + date + "\nGenerated using pi-gen, stage2\n", "start4.elf", "firmware"));
            if (this == TRIXIE) {
                files.put("meta-data", "dsmode: local\ninstance_id: rpios-image\n");
                files.put("user-data", "#cloud-config\n\n#hostname: raspberrypi\n");
                files.put("network-config", "#network:\n#  version: 2\n");
            }
            return files;
        }
    }

    static BootImage of(Release release, Path scratch) throws IOException {
        return of(release.files(), scratch, false);
    }

    /** @param gpt whether it has a GUID partition table */
    static BootImage of(Map<String, String> files, Path scratch, boolean gpt) throws IOException {
        var image = new BootImage(scratch.resolve("card.img"), scratch);
        Files.deleteIfExists(image.file);
        extend(image.file, (ROOT + ROOT_SECTORS) * (long) SECTOR);
        image.put(0, gpt ? gpt() : mbr(0x0c));
        Path boot = scratch.resolve("made");
        Files.deleteIfExists(boot);
        extend(boot, BOOT_SECTORS * (long) SECTOR);
        run("mkfs.vfat", "-F", "32", "-s", "1", "-n", "BOOTFS", boot.toString());
        for (Map.Entry<String, String> one : files.entrySet()) {
            Path content = Files.writeString(scratch.resolve("content"), one.getValue());
            run("mcopy", "-i", boot.toString(), content.toString(), "::" + one.getKey());
        }
        image.put(BOOT * (long) SECTOR, Files.readAllBytes(boot));
        Files.delete(boot);
        extend(boot, ROOT_SECTORS * (long) SECTOR);
        run("mkfs.ext4", "-q", "-F", "-L", "rootfs", boot.toString());
        image.put(ROOT * (long) SECTOR, Files.readAllBytes(boot));
        return image;
    }

    private static void extend(Path file, long bytes) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.position(bytes - 1).write(ByteBuffer.allocate(1));
        }
    }

    /** @param type of the first partition */
    static byte[] mbr(int type) {
        ByteBuffer record = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(440, 0x4d3ee428).putShort(510, (short) 0xaa55);
        record.put(450, (byte) type).putInt(454, BOOT).putInt(458, BOOT_SECTORS);
        record.put(466, (byte) 0x83).putInt(470, ROOT).putInt(474, ROOT_SECTORS);
        return record.array();
    }

    private static byte[] gpt() {
        ByteBuffer table = ByteBuffer.allocate(3 * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        table.put(450, (byte) 0xee).putInt(454, 1).putInt(458, -1).putShort(510, (short) 0xaa55);
        table.put(SECTOR, "EFI PART".getBytes(StandardCharsets.US_ASCII)).putLong(SECTOR + 72, 2)
                .putInt(SECTOR + 80, 2).putInt(SECTOR + 84, 128);
        for (int i = 0; i < 2; i++) {
            int at = 2 * SECTOR + 128 * i;
            table.putLong(at, 0x4f68bce3e8cd4db1L).putLong(at + 32, i == 0 ? BOOT : ROOT).putLong(at + 40,
                    i == 0 ? ROOT - 1 : ROOT + ROOT_SECTORS - 1L);
        }
        return table.array();
    }

    /** Overwrites a part of it. */
    void put(long at, byte[] bytes) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(at).write(ByteBuffer.wrap(bytes));
        }
    }

    /** Where its boot partition begins, in bytes. */
    static long boot() {
        return BOOT * (long) SECTOR;
    }

    /** Everything that is not the boot partition. */
    int others() throws IOException {
        byte[] all = Files.readAllBytes(file);
        Arrays.fill(all, BOOT * SECTOR, ROOT * SECTOR, (byte) 0);
        return Arrays.hashCode(all);
    }

    /** A copy of its boot partition, in which fsck.vfat finds nothing wrong. */
    Path checked() throws IOException {
        Path copy = scratch.resolve("boot");
        Files.write(copy, Arrays.copyOfRange(Files.readAllBytes(file), BOOT * SECTOR, ROOT * SECTOR));
        run("fsck.vfat", "-n", copy.toString());
        return copy;
    }

    /** The names in its boot partition, as mtools sees them. */
    List<String> names() throws IOException {
        return run("mdir", "-b", "-i", checked().toString(), "::").lines().map(line -> line.replace("::/", ""))
                .sorted().toList();
    }

    /** A file of its boot partition, as mtools sees it. */
    String text(String name) throws IOException {
        return run("mtype", "-i", checked().toString(), "::" + name);
    }

    static String run(String... words) throws IOException {
        var all = new ArrayList<>(List.of(words));
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("PATH", "/usr/sbin:/sbin:" + System.getenv("PATH"));
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), () -> all + ": " + printed);
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
