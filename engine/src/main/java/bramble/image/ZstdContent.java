package bramble.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A file of Zstandard, with windows of up to 128 MiB, as its own program takes them unasked. */
final class ZstdContent extends StreamContent {
    private static final int LARGEST_WINDOW = 27;

    private final long atLeast;

    /** @param atLeast how many bytes its first frame has; 0 if that isn't known */
    ZstdContent(InputStream in, long atLeast) throws IOException {
        super(stream(in), -1);
        this.atLeast = atLeast;
    }

    private static InputStream stream(InputStream in) throws IOException {
        load();
        return new ZstdInputStreamNoFinalizer(in).setLongMax(LARGEST_WINDOW);
    }

    /** The native library is unpacked into a folder that is gone once it is loaded, where the system lets go of it. */
    static synchronized void load() throws IOException {
        if (Native.isLoaded()) {
            return;
        }
        Path folder = Files.createTempDirectory("bramble-zstd");
        Native.load(folder.toFile());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException _) {
            folder.toFile().deleteOnExit(); // Windows keeps it as long as it is in use
        }
    }

    /** @param begin the file's first bytes */
    static long atLeast(byte[] begin) throws IOException {
        load();
        return Math.max(0, com.github.luben.zstd.Zstd.getFrameContentSize(begin));
    }

    @Override
    public long atLeast() {
        return atLeast;
    }
}
