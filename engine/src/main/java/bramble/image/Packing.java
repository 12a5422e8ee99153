package bramble.image;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.FinishableOutputStream;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.check.CRC64;

/**
 * Packs an image in pieces that nobody needs another one for: members of gzip, frames of Zstandard, blocks of xz. So several threads can
 * pack it, and several can unpack it.
 */
public enum Packing {
    /** As it is. */
    NONE("") {
        @Override
        Packer packer() {
            return (bytes, length) -> new Bundle(Arrays.copyOf(bytes, length), 0);
        }
    },
    /** See RFC 1952. */
    GZIP(".gz") {
        @Override
        Packer packer() {
            return Packing::member;
        }
    },
    /** See The .xz File Format, version 1.2.1. */
    XZ(".xz") {
        @Override
        Packer packer() {
            var cache = new BasicArrayCache();
            return (bytes, length) -> block(bytes, length, cache);
        }

        @Override
        byte[] begin() {
            return XzFrame.begin();
        }

        @Override
        byte[] end(List<Piece> pieces) {
            return XzFrame.end(pieces);
        }
    },
    /** See RFC 8878. */
    ZSTD(".zst") {
        @Override
        Packer packer() throws IOException {
            ZstdContent.load();
            return (bytes, length) -> {
                try (var one = new ZstdCompressCtx()) {
                    one.setLevel(ZSTD_LEVEL).setChecksum(true);
                    return new Bundle(one.compress(length == bytes.length ? bytes : Arrays.copyOf(bytes, length)), 0);
                }
            };
        }
    };

    private static final int XZ_PRESET = 2;
    private static final int ZSTD_LEVEL = 6;

    private final String ending;

    Packing(String ending) {
        this.ending = ending;
    }

    /** By the end of a file's name: {@code .img}, {@code .img.xz} and so on; empty if that says nothing. */
    public static Optional<Packing> of(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(one -> small.endsWith(".img" + one.ending)).findFirst();
    }

    /** Packs one piece after another, for one thread at a time. */
    @FunctionalInterface
    interface Packer {
        Bundle pack(byte[] bytes, int length) throws IOException;
    }

    /** @param padding how many of the bytes only make it a multiple of four */
    record Bundle(byte[] bytes, int padding) {}

    /**
     * A piece that is packed.
     *
     * @param at where it is in the file
     * @param length how long it is there
     * @param padding how much of that is padding
     * @param unpacked how long it was
     */
    record Piece(long at, int length, int padding, int unpacked) {}

    abstract Packer packer() throws IOException;

    /** What the file begins with. */
    byte[] begin() {
        return new byte[0];
    }

    /** What it ends with. */
    byte[] end(List<Piece> pieces) {
        return new byte[0];
    }

    private static Bundle member(byte[] bytes, int length) {
        var packed = new ByteArrayOutputStream(length / 2);
        packed.writeBytes(new byte[]{0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255});
        byte[] some = new byte[1 << 16];
        try (var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(bytes, 0, length);
            deflater.finish();
            while (!deflater.finished()) {
                packed.write(some, 0, deflater.deflate(some));
            }
        }
        var sum = new CRC32();
        sum.update(bytes, 0, length);
        packed.writeBytes(XzFrame.little(8).putInt((int) sum.getValue()).putInt(length).array());
        return new Bundle(packed.toByteArray(), 0);
    }

    private static Bundle block(byte[] bytes, int length, ArrayCache cache) throws IOException {
        var options = new LZMA2Options(XZ_PRESET);
        var packed = new ByteArrayOutputStream(length / 2);
        try (FinishableOutputStream out = options.getOutputStream(new FinishableWrapperOutputStream(packed), cache)) {
            out.write(bytes, 0, length);
            out.finish();
        }
        var sum = new CRC64();
        sum.update(bytes, 0, length);
        return XzFrame.block(packed.toByteArray(), length, options.getDictSize(), sum.finish());
    }

    /** What stands around the packed blocks of a file of xz. */
    private static final class XzFrame {
        private static final byte[] FLAGS = {0, 4}; // each block has a CRC64

        static ByteBuffer little(int bytes) {
            return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        static byte[] begin() {
            return little(12).put(new byte[]{(byte) 0xfd, '7', 'z', 'X', 'Z', 0}).put(FLAGS).putInt(crc(FLAGS)).array();
        }

        static Bundle block(byte[] packed, int unpacked, int dictionary, byte[] sum) {
            var head = new ByteArrayOutputStream();
            head.write(0); // its length, below
            head.write(0xc0); // one filter, both sizes
            number(head, packed.length);
            number(head, unpacked);
            head.writeBytes(new byte[]{0x21, 1, size(dictionary)});
            pad(head);
            byte[] header = head.toByteArray();
            header[0] = (byte) (header.length / 4);
            var all = new ByteArrayOutputStream(packed.length + 64);
            all.writeBytes(header);
            all.writeBytes(little(4).putInt(crc(header)).array());
            all.writeBytes(packed);
            int before = all.size();
            pad(all);
            int padding = all.size() - before;
            all.writeBytes(sum);
            return new Bundle(all.toByteArray(), padding);
        }

        /** A dictionary's size, of two or three times a power of two. */
        private static byte size(int dictionary) {
            int code = 0;
            while (((2L | (code & 1)) << (code / 2 + 11)) < dictionary) {
                code++;
            }
            return (byte) code;
        }

        static byte[] end(List<Piece> pieces) {
            var index = new ByteArrayOutputStream();
            index.write(0);
            number(index, pieces.size());
            for (Piece piece : pieces) {
                number(index, piece.length() - piece.padding());
                number(index, piece.unpacked());
            }
            pad(index);
            byte[] list = index.toByteArray();
            byte[] foot = little(6).putInt(list.length / 4).put(FLAGS).array();
            return little(list.length + 16).put(list).putInt(crc(list)).putInt(crc(foot)).put(foot)
                    .put(new byte[]{'Y', 'Z'}).array();
        }

        private static void number(ByteArrayOutputStream into, long number) {
            long left = number;
            while (left >= 0x80) {
                into.write((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            into.write((int) left);
        }

        private static void pad(ByteArrayOutputStream into) {
            while (into.size() % 4 != 0) {
                into.write(0);
            }
        }

        private static int crc(byte[] bytes) {
            var crc = new CRC32();
            crc.update(bytes);
            return (int) crc.getValue();
        }
    }
}
