package bramble.image;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something mounted, as Linux tells of it in {@code /proc/self/mountinfo} (proc(5)).
 *
 * @param numbers of its device: 8:16
 * @param place where it is
 * @param source what the device was called
 */
public record Mount(String numbers, String place, String source) {
    /** Those that the lines of the file tell of; others are left out. */
    public static List<Mount> of(Stream<String> lines) {
        return lines.flatMap(line -> of(line).stream()).toList();
    }

    private static Optional<Mount> of(String line) {
        String[] words = line.split(" ", -1);
        int dash = List.of(words).indexOf("-");
        return words.length > 4 && dash > 0 && dash + 2 < words.length && words[2].matches("[0-9]{1,8}:[0-9]{1,8}")
                ? Optional.of(new Mount(words[2], unescaped(words[4]), unescaped(words[dash + 2])))
                : Optional.empty();
    }

    /** Blanks are written as octal numbers there. */
    private static String unescaped(String text) {
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }

    /** Whether a name is that of a disk or of one of its partitions: {@code /dev/sda1} of {@code /dev/sda}, not {@code /dev/sdaa1}. */
    public static boolean onDisk(String name, String disk) {
        String number = Character.isDigit(disk.charAt(disk.length() - 1)) ? "p[0-9]+" : "[0-9]+";
        return name.startsWith(disk) && name.substring(disk.length()).matches("(" + number + ")?");
    }

    /** Whether it is of that device, by either name of it. */
    public boolean of(String numbers, String device) {
        return this.numbers.equals(numbers) || source.equals(device);
    }
}
