package bramble.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks are told apart by what /sys and /proc say of them. */
class LinuxDisksTest {
    @TempDir
    Path root = Path.of("");

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    /** @param bus the folder of /sys/devices that it is in */
    private void disk(String name, String bus, String numbers, long sectors, boolean removable) throws IOException {
        String place = "sys/devices/" + bus + "/block/" + name;
        file(place + "/dev", numbers);
        file(place + "/size", Long.toString(sectors));
        file(place + "/removable", removable ? "1" : "0");
        file(place + "/ro", "0");
        Files.createDirectories(root.resolve("sys/block"));
        Files.createSymbolicLink(root.resolve("sys/block/" + name), root.resolve(place));
    }

    private void partition(String disk, String name, int number, String numbers) throws IOException {
        file("sys/block/" + disk + "/" + name + "/partition", Integer.toString(number));
        file("sys/block/" + disk + "/" + name + "/dev", numbers);
    }

    private Disk found(String name) {
        return new LinuxDisks(root).all().stream().filter(one -> one.path().endsWith(name)).findFirst().orElseThrow();
    }

    @Test
    void cardsAndSticksAreOffered() throws IOException {
        disk("sda", "pci0000:00/usb2/2-1/host4/target4:0:0", "8:0", 62333952, true);
        file("sys/block/sda/device/vendor", "Generic ");
        file("sys/block/sda/device/model", "MassStorageClass");
        partition("sda", "sda2", 2, "8:2");
        partition("sda", "sda1", 1, "8:1");
        file("run/udev/data/b8:1", "S:disk/by-label/bootfs\nE:ID_FS_LABEL=bootfs\nE:ID_FS_TYPE=vfat");
        file("run/udev/data/b8:2", "E:ID_FS_TYPE=ext4\nE:ID_FS_LABEL=root\u001b[31mfs");
        disk("mmcblk0", "platform/mmc0/mmc0:aaaa", "179:0", 124735488, false);
        file("sys/block/mmcblk0/device/type", "SD");
        file("sys/block/mmcblk0/device/name", "SN64G");

        Disk stick = found("sda");
        assertEquals(Optional.empty(), stick.objection());
        assertEquals(List.of("sda1 vfat bootfs", "sda2 ext4 root?[31mfs"), stick.holds());
        assertTrue(stick.describe().endsWith("dev/sda (Generic MassStorageClass, 31.9 GB, usb)"), stick::describe);
        Disk card = found("mmcblk0");
        assertEquals(Optional.empty(), card.objection());
        assertEquals("mmc SN64G", card.transport() + " " + card.model());
    }

    @Test
    void aNameThatBeginsLikeADisksIsNoPartitionOfIt() {
        for (String name : List.of("/dev/sda", "/dev/sda1", "/dev/sda12")) {
            assertTrue(Mount.onDisk(name, "/dev/sda"), name);
        }
        for (String name : List.of("/dev/sdaa", "/dev/sdaa1", "/dev/sdb1", "/dev/sd", "sda1")) {
            assertFalse(Mount.onDisk(name, "/dev/sda"), name);
        }
        assertTrue(Mount.onDisk("/dev/mmcblk1p2", "/dev/mmcblk1"));
        assertFalse(Mount.onDisk("/dev/mmcblk10p2", "/dev/mmcblk1"));
        assertFalse(Mount.onDisk("/dev/mmcblk12", "/dev/mmcblk1"));
    }

    @Test
    void whatIsInUseIsNot() throws IOException {
        disk("nvme0n1", "pci0000:00/nvme/nvme0", "259:0", 1000215216, false);
        disk("mmcblk1", "platform/mmc1/mmc1:0001", "179:8", 61071360, false);
        file("sys/block/mmcblk1/device/type", "MMC");
        disk("mmcblk1boot0", "platform/mmc1/mmc1:0001/x", "179:16", 8192, false);
        disk("sdb", "pci0000:00/usb1/1-2", "8:16", 15523840, true);
        partition("sdb", "sdb1", 1, "8:17");
        disk("sdc", "pci0000:00/usb1/1-3", "8:32", 0, true);
        disk("sdd", "pci0000:00/usb1/1-4", "8:48", 15523840, true);
        partition("sdd", "sdd1", 1, "8:49");
        disk("sde", "pci0000:00/usb1/1-5", "8:64", 15523840, true);
        partition("sde", "sde1", 1, "8:65");
        file("sys/block/sde/sde1/holders/dm-0/dm/name", "cards-root");
        disk("sdf", "pci0000:00/usb1/1-6", "8:80", 15523840, true);
        file("sys/devices/pci0000:00/usb1/1-6/block/sdf/ro", "1");
        disk("zram0", "virtual", "253:0", 100, false);
        file("proc/self/mountinfo", "36 35 8:17 / /media/my\\040card rw,nosuid shared:1 - vfat /dev/sdb1 rw");
        file("proc/swaps", "Filename\tType\tSize\n" + root.resolve("dev/sdd1") + "\tpartition\t100 0 -2");

        assertEquals(Optional.of("it isn't removable"), found("nvme0n1").objection());
        assertEquals(Optional.empty(), found("nvme0n1").refusal());
        assertEquals(Optional.of("it isn't removable"), found("mmcblk1").objection());
        assertEquals(Optional.of("there is no card in it"), found("sdc").refusal());
        assertEquals(Optional.of("it is read-only"), found("sdf").refusal());
        assertEquals(Optional.of(root.resolve("dev/sdb1") + " is mounted on /media/my card"), found("sdb").refusal());
        assertEquals(Optional.of(root.resolve("dev/sdd1") + " is swap space"), found("sdd").refusal());
        assertEquals(Optional.of(root.resolve("dev/sde1") + " is part of the volume cards-root"),
                found("sde").refusal());
        assertEquals(7, new LinuxDisks(root).all().size());
    }
}
