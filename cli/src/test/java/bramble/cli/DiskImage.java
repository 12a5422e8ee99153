package bramble.cli;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Images of disks for tests: a partition table, parts that nobody can guess, and parts of zeros. */
final class DiskImage {
    private static final int MIB = 1 << 20;

    private DiskImage() {}

    static byte[] of(int mebibytes, int more) {
        byte[] bytes = new byte[mebibytes * MIB + more];
        var random = new Random(mebibytes);
        for (int at = 0; at < bytes.length; at += MIB) {
            if (at / MIB % 12 < 7) { // a whole chunk of zeros now and then
                byte[] some = new byte[Math.min(MIB, bytes.length - at) / 8];
                random.nextBytes(some);
                System.arraycopy(some, 0, bytes, at, some.length);
            }
        }
        return partitioned(bytes, 8192, 4096);
    }

    /** With a partition table of one partition. */
    static byte[] partitioned(byte[] bytes, int start, int sectors) {
        ByteBuffer table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        table.put(446 + 4, (byte) 0x83).putInt(446 + 8, start).putInt(446 + 12, sectors).putShort(510, (short) 0xaa55);
        return bytes;
    }

    /** Packed as the end of a name says; {@code blocks.xz} in several blocks, {@code members.gz} in several members. */
    static byte[] packed(byte[] image, String name) {
        var bytes = new ByteArrayOutputStream();
        try {
            switch (name.substring(name.lastIndexOf('.') + 1)) {
                case "xz" -> xz(image, bytes, name.contains("blocks") ? 3 * MIB : Integer.MAX_VALUE);
                case "gz" -> {
                    for (byte[] part : name.contains("members") ? halves(image) : new byte[][]{image}) {
                        try (OutputStream out = new GZIPOutputStream(bytes)) {
                            out.write(part);
                        }
                    }
                }
                case "zst" -> {
                    try (var out = new ZstdOutputStream(bytes).setChecksum(true)) { // as its own program does
                        out.write(image);
                    }
                }
                case "zip" -> {
                    try (var out = new ZipOutputStream(bytes)) {
                        out.putNextEntry(new ZipEntry("os-release.txt"));
                        out.write("which it is".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                        out.putNextEntry(new ZipEntry("images/disk.img"));
                        out.write(image);
                    }
                }
                default -> bytes.write(image);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void xz(byte[] image, OutputStream into, int block) throws IOException {
        try (var out = new XZOutputStream(into, new LZMA2Options(0))) {
            for (int at = 0; at < image.length; at += Math.min(block, image.length - at)) {
                out.write(image, at, Math.min(block, image.length - at));
                out.endBlock();
            }
        }
    }

    private static byte[][] halves(byte[] image) {
        int middle = image.length / 2 + 77;
        return new byte[][]{Arrays.copyOf(image, middle), Arrays.copyOfRange(image, middle, image.length)};
    }
}
