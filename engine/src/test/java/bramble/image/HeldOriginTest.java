package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image in a file without a name, which nobody has to remove: read from its beginning, as often as it is asked for. */
class HeldOriginTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void isReadThoughItHasNoName() throws Exception {
        byte[] image = new byte[3_000_000];
        new Random(1).nextBytes(image);
        Path file = folder.resolve("held");
        try (FileChannel held = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            assertFalse(Files.exists(file));
            var packed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(image);
            }
            held.write(ByteBuffer.wrap(packed.toByteArray()));
            for (int time = 0; time < 2; time++) {
                try (var unpacking = new Unpacking(Origin.held(held, "/srv/disk.img.gz"), Optional.empty())) {
                    assertEquals(image.length, unpacking.atLeast());
                    ByteBuffer read = ByteBuffer.allocate(image.length + 1);
                    while (unpacking.read(read)) {
                        // until its end
                    }
                    assertArrayEquals(image, java.util.Arrays.copyOf(read.array(), read.position()));
                }
            }
        }
        assertFalse(Files.exists(file));
    }
}
