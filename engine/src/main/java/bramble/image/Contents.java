package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is on a disk or a partition: the kind of its file system and its label. */
final class Contents {
    private static final int ENOUGH = 4096;

    private Contents() {}

    /** @param known what udev has found out about it; empty where there is no udev */
    static Optional<String> of(Path device, String known) {
        return found(device, known).map(text -> text.replaceAll("[\\p{Cc}\\p{Cf}]", "?")); // labels are anybody's
    }

    private static Optional<String> found(Path device, String known) {
        Optional<String> kind = value(known, "ID_FS_TYPE");
        if (kind.isPresent()) {
            return Optional.of((kind.get() + " " + value(known, "ID_FS_LABEL").orElse("")).strip());
        }
        ByteBuffer begin = ByteBuffer.allocate(ENOUGH).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            while (begin.hasRemaining() && channel.read(begin) >= 0) {
                // until it is full
            }
        } catch (IOException _) {
            return Optional.empty(); // who may not read it may not write it, either
        }
        return begin.hasRemaining() ? Optional.empty() : of(begin);
    }

    private static Optional<String> value(String known, String key) {
        Matcher found = Pattern.compile("(?m)^E:" + key + "=(.+)$").matcher(known);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** @param begin the first 4096 bytes */
    private static Optional<String> of(ByteBuffer begin) {
        Optional<Marker> marker = Marker.read(bytes(begin));
        if (marker.isPresent()) {
            return Optional.of("an image that isn't written to its end");
        }
        String kind = SystemKind.of(begin);
        String label = switch (kind) {
            case "ext" -> label(begin, 1144, 16);
            case "vfat" -> SystemKind.text(begin, 82, 5).equals("FAT32") ? label(begin, 71, 11) : label(begin, 43, 11);
            default -> "";
        };
        return Optional.of((kind + " " + label).strip()).filter(text -> !text.isEmpty());
    }

    private static String label(ByteBuffer begin, int at, int length) {
        return SystemKind.text(begin, at, length).replaceFirst("\0.*", "").strip();
    }
}
