package bramble.image;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * A block device of Linux that is nobody else's while this is open: the kernel refuses it where it is in use, and nobody can mount it
 * meanwhile. And what can be done with a device but reading and writing. A file is refused to those alone who claim it, too.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2), O_EXCL with block devices</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a>
 */
final class Claim implements AutoCloseable {
    private static final int READ_WRITE_EXCLUSIVE = 2 | 0x80 | 0x80000; // O_RDWR, O_EXCL, O_CLOEXEC
    private static final int READ_WRITE = 2 | 0x80000; // O_RDWR, O_CLOEXEC
    private static final int LOCK_AT_ONCE = 2 | 4; // LOCK_EX, LOCK_NB
    private static final int BUSY = 16;
    private static final int TAKEN = 11; // EWOULDBLOCK
    private static final long DISCARD = 0x1277;
    private static final long READ_PARTITIONS = 0x125f;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle ioctl;
    private final MethodHandle close;
    private final int descriptor;

    /**
     * Claims it.
     *
     * @param file whether it is a file, no device
     * @throws BusyException if it is in use
     */
    @SuppressWarnings("restricted") // native access is what this is for
    Claim(Path path, boolean file) throws IOException {
        Linker linker = Linker.nativeLinker();
        var state = Linker.Option.captureCallState("errno");
        MethodHandle open = linker.downcallHandle(linker.defaultLookup().find("open").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT), state);
        ioctl = linker.downcallHandle(linker.defaultLookup().find("ioctl").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2), state);
        close = linker.downcallHandle(linker.defaultLookup().find("close").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(STATE);
            descriptor = (int) open.invokeExact(errno, arena.allocateFrom(path.toString()),
                    file ? READ_WRITE : READ_WRITE_EXCLUSIVE);
            if (descriptor < 0) {
                int why = (int) ERRNO.get(errno, 0L);
                throw why == BUSY ? new BusyException("it is in use") : new IOException(why(why));
            }
            if (file && lock(linker, state, errno) == TAKEN) {
                close();
                throw new BusyException("something else is being written to it");
            }
        } catch (Throwable e) {
            throw asIs(e);
        }
    }

    /** Somebody else has it. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1;

        private BusyException(String why) {
            super(why);
        }
    }

    /**
     * It goes with the descriptor, wherever else this program opens and closes the file.
     *
     * @return why it isn't locked, 0 if it is: not every file system knows locks
     */
    @SuppressWarnings("restricted") // native access is what this is for
    private int lock(Linker linker, Linker.Option state, MemorySegment errno) throws Throwable {
        MethodHandle flock = linker.downcallHandle(linker.defaultLookup().find("flock").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), state);
        return (int) flock.invokeExact(errno, descriptor, LOCK_AT_ONCE) == 0 ? 0 : (int) ERRNO.get(errno, 0L);
    }

    private static String why(int errno) {
        return switch (errno) {
            case 1, 13 -> "permission is denied";
            case 2, 6, 19, 123 -> "it is gone";
            case 30 -> "it is read-only";
            default -> "the system says error " + errno;
        };
    }

    private static IOException asIs(Throwable trouble) {
        return switch (trouble) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(trouble);
        };
    }

    /** Gives up what is on it; false where it knows no such thing. What it reads as afterwards has to be looked at. */
    boolean discard(long from, long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(ValueLayout.JAVA_LONG, 2);
            range.setAtIndex(ValueLayout.JAVA_LONG, 0, from);
            range.setAtIndex(ValueLayout.JAVA_LONG, 1, bytes);
            return control(arena, DISCARD, range);
        }
    }

    /** Has the kernel look for its partitions again; false where it can't. */
    boolean readPartitions() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return control(arena, READ_PARTITIONS, MemorySegment.NULL);
        }
    }

    private boolean control(Arena arena, long request, MemorySegment argument) throws IOException {
        try {
            return (int) ioctl.invokeExact(arena.allocate(STATE), descriptor, request, argument) == 0;
        } catch (Throwable e) {
            throw asIs(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            int _ = (int) close.invokeExact(descriptor);
        } catch (Throwable e) {
            throw asIs(e);
        }
    }
}
