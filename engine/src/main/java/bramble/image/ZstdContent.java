package bramble.image;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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

    /** It was packed so that unpacking it takes more memory than there is for that. */
    static final class LargeWindowException extends IOException {
        private static final long serialVersionUID = 1;

        private LargeWindowException(IOException cause) {
            super("it was packed with a window of more than " + (1 << (LARGEST_WINDOW - 20))
                    + " MiB, all of which would have to be in memory", cause);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            return super.read(into);
        } catch (ZstdIOException e) {
            throw e.getErrorCode() == Zstd.errFrameParameterWindowTooLarge() ? new LargeWindowException(e) : e;
        }
    }

    /** @param begin the file's first bytes */
    static long atLeast(byte[] begin) throws IOException {
        load();
        return Math.max(0, Zstd.getFrameContentSize(begin));
    }

    @Override
    public long atLeast() {
        return atLeast;
    }
}
