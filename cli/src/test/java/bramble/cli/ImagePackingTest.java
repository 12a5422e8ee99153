package bramble.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** What images are packed in now and then: bzip2, several streams, more memory than there is. */
@Timeout(120)
class ImagePackingTest {
    private static final byte[] IMAGE = DiskImage.of(6, 512);

    @TempDir
    Path folder = Path.of("");

    private Cli.Said write(String image) throws IOException {
        Files.write(folder.resolve("card"), new byte[10]);
        return new Cli(folder, folder.resolve("data")).call("image", "write", "--force", "--yes", image, "card");
    }

    private void assertWritten(Cli.Said said) throws IOException {
        assertEquals(0, said.code(), said::toString);
        assertArrayEquals(IMAGE, Files.readAllBytes(folder.resolve("card")));
    }

    @Test
    void bzip2() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : List.of(Arrays.copyOf(IMAGE, 2_000_000),
                Arrays.copyOfRange(IMAGE, 2_000_000, IMAGE.length))) { // as pbzip2 does: one stream after another
            try (var out = new BZip2CompressorOutputStream(bytes, 1)) {
                out.write(part);
            }
        }
        writtenOnlyIfWhole("a.img.bz2", bytes.toByteArray(), 7); // the last byte has bits that say nothing
    }

    @Test
    void severalFramesOfZstd() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HexFormat.of().parseHex("502a4d18" + "03000000" + "616263")); // to be skipped, as pzstd makes them
        for (byte[] part : List.of(Arrays.copyOf(IMAGE, 4 << 20), // as much as is read at once
                Arrays.copyOfRange(IMAGE, 4 << 20, IMAGE.length))) {
            try (var out = new ZstdOutputStream(bytes).setChecksum(true)) {
                out.write(part);
            }
        }
        writtenOnlyIfWhole("a.img.zst", bytes.toByteArray(), 5);
    }

    private void writtenOnlyIfWhole(String name, byte[] packed, int parts) throws IOException {
        Files.write(folder.resolve(name), packed);
        assertWritten(write(name));
        for (int place = packed.length / 2; place < packed.length; place += packed.length / parts) {
            byte[] damaged = packed.clone();
            damaged[place] ^= 0x24;
            Files.write(folder.resolve(name), damaged);
            Cli.Said said = write(name);
            assertTrue(said.code() == 1 && said.err().contains("ERROR! Tried to unpack "), said::toString);
            Files.write(folder.resolve(name), Arrays.copyOf(packed, place));
            Cli.Said cut = write(name);
            assertTrue(cut.code() == 1 && cut.err().contains(name + ", but it ends too early"), cut::toString);
        }
    }

    @Test
    void severalStreamsOfXzWithZerosBetween() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : List.of(Arrays.copyOf(IMAGE, 3_000_000),
                Arrays.copyOfRange(IMAGE, 3_000_000, IMAGE.length))) {
            try (var out = new XZOutputStream(bytes, new LZMA2Options(0))) {
                out.write(part);
            }
            bytes.write(new byte[8]);
        }
        Files.write(folder.resolve("a.img.xz"), bytes.toByteArray());
        assertWritten(write("a.img.xz"));
        try (var server = new ImageServer(true)) {
            assertWritten(write(server.put("a.img.xz", bytes.toByteArray())));
        }
    }

    @Test
    void moreMemoryThanThereIsForIt() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new XZOutputStream(bytes, new LZMA2Options(0))) {
            out.write(new byte[9000]);
        }
        byte[] packed = bytes.toByteArray(); // what the dictionary has is said in a byte of the block's header
        for (int i = 12; i < 24; i++) {
            if (packed[i] == 0x21 && packed[i + 1] == 1) {
                packed[i + 2] = 32; // 256 MiB
                int size = (packed[12] & 0xff) * 4;
                var crc = new java.util.zip.CRC32();
                crc.update(packed, 12, size);
                for (int k = 0; k < 4; k++) {
                    packed[12 + size + k] = (byte) (crc.getValue() >> (8 * k));
                }
                break;
            }
        }
        Files.write(folder.resolve("a.img.xz"), packed);
        Cli.Said xz = write("a.img.xz");
        assertTrue(xz.err().contains("it was packed so that unpacking it takes more than 100 MB of memory.")
                && xz.err().contains("Unpack it first, by its own program: xz -d."), xz::toString);
        Files.write(folder.resolve("a.img.zst"), // a window of 256 MiB, and a block of one byte
                HexFormat.of().parseHex("28b52ffd" + "00" + "90" + "090000" + "ff"));
        Cli.Said zstd = write("a.img.zst");
        assertTrue(zstd.err().contains("it was packed with a window of more than 128 MiB")
                && zstd.err().contains("zstd -d --long=31"), zstd::toString);
    }
}
