package bramble.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The disks of a Linux machine, as its kernel tells of them in /sys and /proc.
 *
 * @param root where these are
 */
public record LinuxDisks(Path root) implements Disk.Found {
    private static final int SECTOR = 512;

    /** Devices that are made of others or of memory; nobody means to write a card's image to them. */
    private static final String NO_DISK = "(ram|zram|dm-|md|sr|fd|mtdblock|nbd|rbd|drbd)[0-9].*|mmcblk[0-9]+(boot|rpmb).*";

    @Override
    public List<Disk> all() {
        List<Mount> mounts = mounts();
        List<String> swaps = swaps();
        return children(root.resolve("sys/block")).stream().filter(one -> !name(one).matches(NO_DISK))
                .filter(one -> !name(one).startsWith("loop") || number(one.resolve("size")) > 0)
                .map(one -> disk(one, mounts, swaps)).toList();
    }

    @Override
    public Optional<Disk> at(Path device) throws IOException {
        Path entry = real(root.resolve("sys/dev/block").resolve(numbers(device)));
        return Files.exists(entry.resolve("dev")) ? Optional.of(disk(entry, mounts(), swaps())) : Optional.empty();
    }

    @Override
    public String serial(Path device) {
        return text(root.resolve("sys/class/block").resolve(String.valueOf(device.getFileName()))
                .resolve("device/serial"));
    }

    @Override
    public List<Path> over(Path file) {
        return children(root.resolve("sys/block")).stream().filter(one -> backs(file, one))
                .map(one -> root.resolve("dev").resolve(name(one))).toList();
    }

    private static boolean backs(Path file, Path entry) {
        String backing = text(entry.resolve("loop/backing_file"));
        try {
            return !backing.isEmpty() && Files.isSameFile(file,
                    Path.of(new String(backing.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
        } catch (IOException _) {
            return false; // it was deleted, or is in another name space
        }
    }

    /** Its major and minor number, as Linux writes them: 8:16. */
    private static String numbers(Path device) throws IOException {
        long number = ((Number) Files.getAttribute(device, "unix:rdev")).longValue();
        return (((number >> 8) & 0xfff) | ((number >> 32) & ~0xfffL)) + ":"
                + ((number & 0xff) | ((number >> 12) & ~0xffL));
    }

    private List<String> swaps() {
        return lines(root.resolve("proc/swaps")).stream().skip(1).map(line -> line.split("\\s+", 2)[0]).toList();
    }

    private List<Mount> mounts() {
        return Mount.of(lines(root.resolve("proc/self/mountinfo")).stream());
    }

    private Disk disk(Path entry, List<Mount> mounts, List<String> swaps) {
        String name = name(entry);
        var holds = new ArrayList<String>();
        var uses = new ArrayList<String>();
        List<Path> partitions = children(entry).stream().filter(one -> Files.exists(one.resolve("partition")))
                .sorted((a, b) -> Long.compare(number(a.resolve("partition")), number(b.resolve("partition"))))
                .toList();
        Stream.concat(Stream.of(entry), partitions.stream()).forEach(one -> {
            Path device = root.resolve("dev").resolve(name(one));
            uses.addAll(uses(one, device, mounts, swaps));
            Contents.of(device, text(root.resolve("run/udev/data/b" + text(one.resolve("dev"))))).ifPresent(
                    what -> holds.add(one.equals(entry) ? what : name(one) + " " + what));
        });
        Path real = real(entry);
        String transport = transport(name, real.toString());
        boolean removable = number(entry.resolve("removable")) == 1 || transport.equals("usb")
                || text(entry.resolve("device/type")).equals("SD");
        Optional<String> doubt = Files.exists(entry.resolve("partition"))
                ? Optional.of("it is a partition of "
                        + root.resolve("dev").resolve(name(real.resolveSibling(".").normalize())))
                : removable ? Optional.empty() : Optional.of("it isn't removable");
        String model = (text(entry.resolve("device/vendor")) + " " + text(entry.resolve("device/model")) + " "
                + text(entry.resolve("device/name"))).strip().replaceAll("\\s+", " ");
        String file = text(entry.resolve("loop/backing_file"));
        return new Disk(root.resolve("dev").resolve(name), file.isEmpty() ? model.replaceFirst("^0x\\w+ ?", "") : file,
                number(entry.resolve("size")) * SECTOR, transport, doubt, number(entry.resolve("ro")) == 1,
                holds.isEmpty() && !partitions.isEmpty() ? List.of(partitions.size() + " partitions") : holds, uses);
    }

    /** What keeps a disk or a partition in use. */
    private List<String> uses(Path entry, Path device, List<Mount> mounts, List<String> swaps) {
        var uses = new ArrayList<String>();
        String numbers = text(entry.resolve("dev"));
        mounts.stream().filter(mount -> mount.of(numbers, device.toString()))
                .map(Mount::place).findFirst()
                .ifPresent(place -> uses.add(device + " is mounted on " + place));
        if (swaps.contains(device.toString())) {
            uses.add(device + " is swap space");
        }
        for (Path holder : children(entry.resolve("holders"))) {
            String shown = text(entry.resolve("holders").resolve(name(holder)).resolve("dm/name"));
            uses.add(device + " is part of " + (shown.isEmpty() ? name(holder) : "the volume " + shown));
        }
        over(device).forEach(loop -> uses.add(device + " is attached to " + loop));
        return uses;
    }

    private static String transport(String name, String path) {
        return name.startsWith("mmcblk")
                ? "mmc"
                : Stream.of("/usb", "/nvme", "/virtio", "/ata", "/loop").filter(path::contains).findFirst()
                        .map(known -> known.equals("/ata") ? "sata" : known.substring(1)).orElse("");
    }

    private static String name(Path entry) {
        return String.valueOf(entry.getFileName()).replace('!', '/');
    }

    private static Path real(Path entry) {
        try {
            return entry.toRealPath();
        } catch (IOException _) {
            return entry; // it was pulled out just now
        }
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of();
        }
    }

    private static long number(Path file) {
        String text = text(file);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static String text(Path file) {
        return String.join("\n", lines(file)).strip();
    }

    /** Nothing where there is no such file: which files a device has depends on its kind. */
    private static List<String> lines(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .filter(text -> !text.isEmpty()).map(text -> text.lines().toList()).orElse(List.of());
        } catch (IOException _) {
            return List.of();
        }
    }
}
