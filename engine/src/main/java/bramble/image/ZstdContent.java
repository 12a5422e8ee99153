package bramble.image;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A file of Zstandard, with windows of up to 128 MiB, as its own program takes them unasked. */
final class ZstdContent implements Content {
    private static final int LARGEST_WINDOW = 27;
    private static final int IN = 1 << 18;
    private static final int MAGIC = 0x28; // what a frame begins with that isn't there to be skipped

    private final InputStream in;
    private final long atLeast;
    private final long window;
    private final ZstdDecompressCtx unpacking;
    private final byte[] buffer = new byte[IN];
    private final ByteBuffer packed = ByteBuffer.allocateDirect(IN).limit(0);
    /** For those who want it in Java's own memory. */
    private final ByteBuffer unpacked = ByteBuffer.allocateDirect(IN);
    /** Whether what was read so far ends with a frame. */
    private boolean whole;
    /** Whether there may be more of what was read than there was room for. */
    private boolean full;

    /** @param begin the file's first bytes */
    ZstdContent(InputStream in, byte[] begin) throws IOException {
        load();
        this.in = in;
        this.atLeast = Math.max(0, Zstd.getFrameContentSize(begin));
        this.window = window(begin, atLeast);
        this.unpacking = new ZstdDecompressCtx();
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

        private LargeWindowException(ZstdException cause) {
            super("it was packed with a window of more than " + (1 << (LARGEST_WINDOW - 20))
                    + " MiB, all of which would have to be in memory", cause);
        }
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        if (into.isDirect()) {
            return unpack(into);
        }
        int read = unpack(unpacked.clear().limit(Math.min(unpacked.capacity(), into.remaining())));
        into.put(unpacked.flip());
        return read;
    }

    private int unpack(ByteBuffer into) throws IOException {
        int before = into.position();
        while (into.position() == before) {
            if (!packed.hasRemaining() && !full && !more()) {
                if (whole) {
                    return -1;
                }
                throw new EOFException();
            }
            try {
                whole = unpacking.decompressDirectByteBufferStream(into, packed);
            } catch (ZstdException e) {
                throw e.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()
                        ? new LargeWindowException(e)
                        : new IOException(Zstd.getErrorName(-e.getErrorCode()), e);
            }
            full = !whole && !into.hasRemaining();
        }
        return into.position() - before;
    }

    private boolean more() throws IOException {
        int read = in.read(buffer);
        packed.clear().put(buffer, 0, Math.max(0, read)).flip();
        return read >= 0;
    }

    /** The first frame's, as its header has it: RFC 8878, 3.1.1.1. */
    private static long window(byte[] begin, long size) {
        if (begin.length < 6 || begin[0] != MAGIC) {
            return 0;
        }
        boolean all = (begin[4] & 0x20) != 0;
        long power = 1L << (10 + ((begin[5] & 0xff) >> 3));
        return all ? size : power + power / 8 * (begin[5] & 7);
    }

    @Override
    public long window() {
        return window;
    }

    @Override
    public long atLeast() {
        return atLeast;
    }

    @Override
    public synchronized void close() throws IOException {
        unpacking.close();
        in.close();
    }
}
