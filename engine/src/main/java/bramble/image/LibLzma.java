package bramble.image;

import bramble.foreign.NativeLibrary;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.tukaani.xz.CorruptedInputException;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZFormatException;

/**
 * Unpacks xz by the liblzma of this machine, where it is one of 5.4 or later (docs/adr/xz-through-liblzma.md): half as fast again as
 * Java, and by several threads wherever blocks say how large they are, also what comes by the network. Tells what is wrong by the
 * exceptions of the library in Java.
 *
 * @see <a href="https://github.com/tukaani-project/xz/tree/v5.4/src/liblzma/api/lzma">lzma/base.h and lzma/container.h</a>
 */
final class LibLzma implements Content {
    private static final List<String> NAMES = List.of("liblzma.so.5", "/opt/homebrew/lib/liblzma.5.dylib",
            "/usr/local/lib/liblzma.5.dylib");
    private static final List<String> NEEDED = List.of("lzma_stream_decoder_mt", "lzma_code", "lzma_end");

    private static final int IN = 1 << 18;
    private static final int OUT = 1 << 20;

    /** How {@code lzma_stream} is laid out where addresses have 64 bits. */
    private static final int STREAM = 136;
    private static final long NEXT_IN = 0;
    private static final long AVAILABLE_IN = 8;
    private static final long NEXT_OUT = 24;
    private static final long AVAILABLE_OUT = 32;

    /** And {@code lzma_mt}. */
    private static final int OPTIONS = 128;
    private static final long FLAGS = 0;
    private static final long THREADS = 4;
    private static final long MEMORY_OF_THREADS = 64;
    private static final long MEMORY_AT_MOST = 72;

    /** What blocks that several threads unpack at once may take; with what Java takes it stays under 256 MB. */
    private static final long MOST_OF_THREADS = 88L << 20;

    /** For mallopt(3): what is larger than that goes back to the system when it is freed. */
    private static final int MMAP_THRESHOLD = -3;
    private static final int LARGE = 1 << 20;

    private static final int CONCATENATED = 8;
    private static final int RUN = 0;
    private static final int FINISH = 3;
    private static final int OK = 0;
    private static final int STREAM_END = 1;

    private final Calls calls;
    private final InputStream in;
    private final long size;
    private final int memory;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment stream = arena.allocate(STREAM, Long.BYTES);
    private final MemorySegment given = arena.allocate(IN);
    private final MemorySegment taken = arena.allocate(OUT);
    private final byte[] buffer = new byte[IN];
    private int from;
    private int to;
    private int action = RUN;
    private int said = OK;

    /** Its functions. */
    private record Calls(MethodHandle begin, MethodHandle code, MethodHandle end) {
        static final Optional<Calls> FOUND = ValueLayout.ADDRESS.byteSize() == Long.BYTES
                ? NativeLibrary.find(NAMES, NEEDED).map(Calls::of)
                : Optional.empty();

        /** Else glibc comes to keep what each thread had for a block: a hundred megabytes that nobody uses. */
        @SuppressWarnings("restricted") // native access is what this is for
        static void giveBack() {
            Linker linker = Linker.nativeLinker();
            linker.defaultLookup().find("mallopt").ifPresent(function -> {
                var form = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
                try {
                    int _ = (int) linker.downcallHandle(function, form).invokeExact(MMAP_THRESHOLD, LARGE);
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        static Calls of(NativeLibrary library) {
            var number = ValueLayout.JAVA_INT;
            var pointer = ValueLayout.ADDRESS;
            giveBack();
            return new Calls(
                    library.function("lzma_stream_decoder_mt", FunctionDescriptor.of(number, pointer, pointer)),
                    library.function("lzma_code", FunctionDescriptor.of(number, pointer, number)),
                    library.nothing("lzma_end", pointer));
        }
    }

    /**
     * What there is in a file of xz.
     *
     * @param size how many bytes it has unpacked; -1 if that isn't known
     * @param memory how much unpacking may take, in KiB
     * @return empty where there is no such library
     */
    static Optional<Content> of(InputStream in, long size, int memory) {
        return Calls.FOUND.map(calls -> new LibLzma(calls, in, size, memory));
    }

    private LibLzma(Calls calls, InputStream in, long size, int memory) {
        this.calls = calls;
        this.in = in;
        this.size = size;
        this.memory = memory;
        MemorySegment options = arena.allocate(OPTIONS, Long.BYTES);
        options.set(ValueLayout.JAVA_INT, FLAGS, CONCATENATED);
        options.set(ValueLayout.JAVA_INT, THREADS, Runtime.getRuntime().availableProcessors());
        options.set(ValueLayout.JAVA_LONG, MEMORY_OF_THREADS, MOST_OF_THREADS);
        options.set(ValueLayout.JAVA_LONG, MEMORY_AT_MOST, 1024L * memory);
        try {
            said = (int) calls.begin.invokeExact(stream, options);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        while (from == to) {
            if (said != OK) {
                return end();
            }
            step();
        }
        int some = Math.min(into.remaining(), to - from);
        into.put(taken.asSlice(from, some).asByteBuffer());
        from += some;
        return some;
    }

    /** Has it go on until it wants more, or has something. */
    private void step() throws IOException {
        if (stream.get(ValueLayout.JAVA_LONG, AVAILABLE_IN) == 0 && action == RUN) {
            int read = in.read(buffer);
            if (read < 0) {
                action = FINISH;
            } else {
                MemorySegment.copy(buffer, 0, given, ValueLayout.JAVA_BYTE, 0, read);
                stream.set(ValueLayout.ADDRESS, NEXT_IN, given);
                stream.set(ValueLayout.JAVA_LONG, AVAILABLE_IN, read);
            }
        }
        stream.set(ValueLayout.ADDRESS, NEXT_OUT, taken);
        stream.set(ValueLayout.JAVA_LONG, AVAILABLE_OUT, OUT);
        try {
            said = (int) calls.code.invokeExact(stream, action);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        from = 0;
        to = OUT - (int) stream.get(ValueLayout.JAVA_LONG, AVAILABLE_OUT);
    }

    /** What comes when there is nothing more: the end, or what is wrong. */
    private int end() throws IOException {
        if (said == STREAM_END) {
            return -1;
        }
        throw switch (said) {
            case 6 -> new MemoryLimitException(memory + 1, memory);
            case 7 -> new XZFormatException();
            case 8 -> new UnsupportedOptionsException("it is packed in a way that liblzma doesn't know");
            case 9 -> new CorruptedInputException();
            case 10 -> new EOFException();
            default -> new IOException("liblzma says error " + said);
        };
    }

    @Override
    public synchronized void close() throws IOException {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            calls.end.invokeExact(stream);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        arena.close();
        in.close();
    }
}
