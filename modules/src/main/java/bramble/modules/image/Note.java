package bramble.modules.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands on a card between its partition table and its first partition, where nothing else is: which image was written to it,
 * and how its partitions and file systems are known again. A system that has started from the card has altered much of it, but not these.
 *
 * @param image the image's key, and the node whose card it was made
 * @param heads where partitions begin, in sectors
 * @param identity of the partitions and file systems
 */
record Note(String image, List<Long> heads, String identity) {
    static final int SIZE = 512;
    static final int SECTOR = 512;

    /** The sectors in which it may stand; the first that is free in the image counts. */
    static final List<Long> PLACES = List.of(2047L, 8191L);

    /** How much of a partition's beginning tells which file system it is. */
    static final int HEAD = 2048;

    static final int MOST_HEADS = 8;
    private static final String TITLE = "Bramble wrote this card.";
    private static final Pattern FORM = Pattern.compile(
            TITLE + "\nimage ([a-z0-9]+:[0-9a-f]{16,128}(?: for [^\n]{1,100})?)\nheads((?: \\d{1,12})*)\nidentity ([0-9a-f]{64})\n[\\s\\S]*");
    private static final int FAT32_ID = 67;
    private static final int FAT_ID = 39;
    private static final int EXT_MAGIC = 1080;
    private static final int EXT_ID = 1128;

    byte[] bytes() {
        String text = TITLE + "\nimage " + image + "\nheads"
                + heads.stream().map(head -> " " + head).collect(Collectors.joining()) + "\nidentity " + identity
                + "\n";
        return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), SIZE);
    }

    static Optional<Note> read(byte[] sector) {
        Matcher found = FORM.matcher(new String(sector, StandardCharsets.UTF_8));
        return found.matches()
                ? Optional.of(new Note(found.group(1), Arrays.stream(found.group(2).strip().split(" ", -1))
                        .filter(one -> !one.isEmpty()).map(Long::valueOf).toList(), found.group(3)))
                : Optional.empty();
    }

    /**
     * What stays of a card while a system lives on it: kinds and places of its partitions, not their sizes, and the numbers of its
     * file systems.
     *
     * @param first the first sector
     * @param heads the beginnings of partitions
     */
    static String identity(byte[] first, List<byte[]> heads) {
        MessageDigest digest = sha256();
        for (int entry = 446; entry + 16 <= 510 && first.length >= SECTOR; entry += 16) {
            digest.update(first, entry + 4, 1);
            digest.update(first, entry + 8, 4);
        }
        for (byte[] head : heads) {
            digest.update(system(head).getBytes(StandardCharsets.US_ASCII));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String system(byte[] head) {
        if (head.length < HEAD) {
            return "gone\n";
        }
        ByteBuffer buffer = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if ((buffer.getShort(EXT_MAGIC) & 0xffff) == 0xef53) {
            return "ext " + HexFormat.of().formatHex(head, EXT_ID, EXT_ID + 16) + "\n";
        }
        if (text(head, 82, 5).equals("FAT32")) {
            return "fat " + buffer.getInt(FAT32_ID) + "\n";
        }
        return text(head, 54, 3).equals("FAT") ? "fat " + buffer.getInt(FAT_ID) + "\n" : "other\n";
    }

    private static String text(byte[] bytes, int at, int length) {
        return new String(bytes, at, length, StandardCharsets.US_ASCII);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
