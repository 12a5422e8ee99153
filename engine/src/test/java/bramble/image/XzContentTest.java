package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZOutputStream;

/** However xz is unpacked, by the machine's liblzma or by Java, from a file or a stream: the same bytes come, and the same is told to be wrong. */
class XzContentTest {
    private static final byte[] BYTES = bytes();

    @TempDir
    Path folder;

    /** Each way that there is. */
    enum Way {
        LIBLZMA {
            @Override
            Content of(byte[] packed, Path file) {
                Optional<Content> content = LibLzma.of(new ByteArrayInputStream(packed), -1, XzContent.MEMORY);
                Assumptions.assumeTrue(content.isPresent(), "this machine has no liblzma of 5.4 or later");
                return content.orElseThrow();
            }
        },
        JAVA_FILE {
            @Override
            Content of(byte[] packed, Path file) throws IOException {
                return new XzContent(file);
            }
        },
        JAVA_STREAM {
            @Override
            Content of(byte[] packed, Path file) throws IOException {
                return XzContent.stream(new ByteArrayInputStream(packed));
            }
        };

        abstract Content of(byte[] packed, Path file) throws IOException;
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[3_500_000];
        var random = new Random(1);
        for (int i = 0; i < bytes.length; i += 1000) {
            Arrays.fill(bytes, i, Math.min(bytes.length, i + 900), (byte) random.nextInt());
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void severalStreamsOfSeveralBlocks(Way way) throws IOException {
        byte[] packed = packed();
        assertArrayEquals(BYTES, unpacked(way, packed));
    }

    @ParameterizedTest
    @EnumSource
    void nothing(Way way) throws IOException {
        assertEquals(0, unpacked(way, packed(new byte[0])).length);
    }

    @ParameterizedTest
    @EnumSource
    void whatEndsTooEarly(Way way) {
        byte[] packed = packed();
        for (int length : List.of(packed.length / 3, packed.length / 2, packed.length - 9)) {
            byte[] cut = Arrays.copyOf(packed, length);
            IOException e = assertThrows(IOException.class, () -> unpacked(way, cut));
            // an index that isn't there can't tell a file that is cut off from one that is damaged
            assertEquals(way != Way.JAVA_FILE, e instanceof EOFException, e::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDamaged(Way way) {
        byte[] packed = packed();
        for (int place = 100; place < packed.length - 4000; place += packed.length / 7) {
            byte[] damaged = packed.clone();
            damaged[place] ^= 4;
            assertThrows(CorruptedInputException.class, () -> unpacked(way, damaged));
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreMemoryThanThereIs(Way way) {
        byte[] packed = packed(new byte[10]);
        byte[] header = Arrays.copyOfRange(packed, 12, 12 + packed[12] * 4 + 4);
        int properties = new String(packed, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("!\1", 12) + 2;
        header[properties - 12] = 32; // a dictionary of 256 MiB
        var sum = new java.util.zip.CRC32();
        sum.update(header, 0, header.length - 4);
        ByteBuffer.wrap(header).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(header.length - 4, (int) sum.getValue());
        System.arraycopy(header, 0, packed, 12, header.length);
        assertThrows(MemoryLimitException.class, () -> unpacked(way, packed));
    }

    private byte[] unpacked(Way way, byte[] packed) throws IOException {
        Path file = folder.resolve("a.xz");
        Files.write(file, packed);
        var out = new ByteArrayOutputStream();
        try (Content content = way.of(packed, file)) {
            var buffer = ByteBuffer.allocate(70_001);
            while (content.read(buffer.clear()) >= 0) {
                out.write(buffer.array(), 0, buffer.position());
            }
            assertEquals(-1, content.read(buffer.clear()));
        }
        return out.toByteArray();
    }

    /** Two streams with zeros between and behind them, with three blocks and one. */
    private static byte[] packed() {
        return packed(Arrays.copyOf(BYTES, 3_000_000), Arrays.copyOfRange(BYTES, 3_000_000, BYTES.length));
    }

    private static byte[] packed(byte[]... streams) {
        var bytes = new ByteArrayOutputStream();
        Stream.of(streams).forEach(stream -> {
            try {
                try (var out = new XZOutputStream(bytes, new LZMA2Options(0))) {
                    for (int i = 0; i < stream.length; i += 1_000_000) {
                        out.write(stream, i, Math.min(1_000_000, stream.length - i));
                        out.endBlock();
                    }
                }
                bytes.write(new byte[8]);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return bytes.toByteArray();
    }
}
