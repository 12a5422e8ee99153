package bramble.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Tells what a partition holds by what stands at its beginning. */
final class SystemKind {
    /** How many bytes of it tell all that is known here; with fewer, some kinds aren't told. */
    static final int ENOUGH = 72 << 10;

    private SystemKind() {}

    /**
     * Its file system: ext, vfat, swap and so on; empty where it isn't known.
     *
     * @param begin in little-endian order
     */
    static String of(ByteBuffer begin) {
        if (begin.limit() > 1082 && (begin.getShort(1080) & 0xffff) == 0xef53) {
            return "ext";
        }
        if (has(begin, 3, "NTFS    ")) {
            return "ntfs";
        }
        if (has(begin, 3, "EXFAT   ")) {
            return "exfat";
        }
        if (has(begin, 4086, "SWAPSPACE2") || has(begin, (64 << 10) - 10, "SWAPSPACE2")) {
            return "swap";
        }
        if (has(begin, 0, "LUKS\u00ba\u00be")) {
            return "LUKS";
        }
        if (has(begin, 536, "LVM2 001")) {
            return "LVM";
        }
        if (has(begin, 65600, "_BHRfS_M")) {
            return "btrfs";
        }
        if (has(begin, 0, "XFSB")) {
            return "xfs";
        }
        if (begin.limit() > 1028 && begin.getInt(1024) == 0xf2f52010) {
            return "f2fs";
        }
        return has(begin, 510, "U\u00aa") && (has(begin, 54, "FAT") || has(begin, 82, "FAT32")) ? "vfat" : "";
    }

    private static boolean has(ByteBuffer begin, int at, String word) {
        return text(begin, at, word.length()).equals(word);
    }

    /** What stands at a place, a letter a byte; empty if it ends before. */
    static String text(ByteBuffer begin, int at, int length) {
        if (at + length > begin.limit()) {
            return "";
        }
        byte[] bytes = new byte[length];
        begin.get(at, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
