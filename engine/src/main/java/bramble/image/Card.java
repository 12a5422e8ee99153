package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A device, or a file that stands for one, open for an image. Devices are written past the system's cache: what is written is on its
 * way, an error is told where it happened, and what is read comes from the device.
 */
final class Card implements AutoCloseable {
    private static final int PROBE = 1 << 20;
    private static final int OLD_TABLE = 1 << 20;

    private final Target target;
    private final Optional<Claim> claim;
    private final Optional<Claim> lock;
    private final FileChannel cached;
    private final FileChannel direct;
    private final ByteBuffer probe = Chunk.buffer(PROBE);
    private boolean blank;

    /** How a file or a device is opened. */
    @FunctionalInterface
    interface Opening {
        FileChannel open(Path path, OpenOption... options) throws IOException;
    }

    Card(Target target, Opening opening) throws IOException {
        this.target = target;
        boolean linux = System.getProperty("os.name", "").startsWith("Linux");
        boolean device = target.disk().isPresent();
        claim = linux && device ? Optional.of(new Claim(target.path(), false)) : Optional.empty();
        lock = linux && !device ? Optional.of(new Claim(target.path(), true)) : Optional.empty();
        var open = new ArrayList<AutoCloseable>();
        claim.or(() -> lock).ifPresent(open::add);
        try {
            cached = opening.open(target.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            open.add(cached);
            direct = claim.isPresent()
                    ? opening.open(target.path(), StandardOpenOption.READ, StandardOpenOption.WRITE, pastCache())
                    : cached;
        } catch (IOException | RuntimeException e) {
            for (AutoCloseable one : open) {
                close(one);
            }
            throw e;
        }
    }

    /** The JDK's option for it, by name: what isn't Java's own is warned of wherever it is named. */
    private static OpenOption pastCache() {
        try {
            for (Object option : Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option.toString().equals("DIRECT")) {
                    return (OpenOption) option;
                }
            }
        } catch (ClassNotFoundException _) {
            // told below
        }
        throw new UnsupportedOperationException("this Java can't read past the cache");
    }

    Path path() {
        return target.path();
    }

    long capacity() {
        return target.capacity();
    }

    Optional<Marker> marker() throws IOException {
        ByteBuffer begin = ByteBuffer.allocate(Marker.SIZE);
        while (begin.hasRemaining()) {
            if (cached.read(begin, begin.position()) < 0) {
                return Optional.empty();
            }
        }
        return Marker.read(begin.array());
    }

    void mark(Marker marker) throws IOException {
        write(cached, ByteBuffer.wrap(marker.bytes()), 0);
        cached.force(false);
    }

    /** Gives up all that is on it from there on, where it can do so; also a partition table that stands at its end. */
    void blank(long from) throws IOException {
        if (target.disk().isEmpty()) {
            cached.truncate(from);
            blank = true;
            return;
        }
        blank = claim.isPresent() && capacity() > from && claim.get().discard(from, capacity() - from);
        if (capacity() - OLD_TABLE >= from) {
            write(cached, ByteBuffer.allocate(OLD_TABLE), capacity() - OLD_TABLE);
        }
    }

    /**
     * Writes bytes, or leaves zeros that are there already.
     *
     * @return whether they were there already
     */
    boolean write(long position, ByteBuffer bytes) throws IOException {
        if (blank && Chunk.zero(bytes) && readsZero(position, bytes.remaining())) {
            return true;
        }
        int rest = bytes.remaining() % Chunk.ALIGNMENT;
        ByteBuffer whole = bytes.duplicate().limit(bytes.limit() - rest);
        if (whole.hasRemaining()) {
            write(direct, whole, position);
        }
        if (rest > 0) {
            write(cached, bytes.duplicate().position(bytes.limit() - rest), position + bytes.remaining() - rest);
        }
        return false;
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    private boolean readsZero(long position, int length) throws IOException {
        for (int done = 0; done < length;) {
            int some = Math.min(PROBE, length - done);
            int read = read(direct, probe.clear(), position + done, some);
            if (!Chunk.zero(probe.flip().limit(Math.min(read, some)))) {
                return false;
            }
            done += some; // a file that ends before has nothing but zeros once it is longer
        }
        return true;
    }

    /**
     * Reads what there is at a position.
     *
     * @return how many of the bytes wanted there are; fewer at the end of the device
     */
    static int read(FileChannel channel, ByteBuffer into, long position, int length) throws IOException {
        into.limit(Math.min(into.capacity(), (length + Chunk.ALIGNMENT - 1) / Chunk.ALIGNMENT * Chunk.ALIGNMENT));
        while (into.position() < length && into.position() % Chunk.ALIGNMENT == 0) {
            if (channel.read(into, position + into.position()) <= 0) {
                break;
            }
        }
        return Math.min(into.position(), length);
    }

    /** All that was written is on the device when this comes back. */
    void force() throws IOException {
        direct.force(false);
        cached.force(true);
    }

    /** Gives a file the length that an image has. */
    void length(long bytes) throws IOException {
        if (target.disk().isEmpty()) {
            cached.truncate(bytes);
            if (cached.size() < bytes) {
                write(cached, ByteBuffer.allocate(1), bytes - 1);
            }
        }
    }

    /**
     * Writes the beginning but for the first sectors.
     *
     * @param bytes the first ones of an image
     */
    void behind(ByteBuffer bytes) throws IOException {
        int sectors = sectors(bytes);
        write(cached, bytes.duplicate().position(sectors), sectors);
        force();
    }

    /**
     * Writes the first sectors, with the partition table: the last thing that is done. The very first comes after the others, which a
     * cut of power could leave unwritten.
     */
    void begin(ByteBuffer bytes) throws IOException {
        int one = Math.min(bytes.limit(), Marker.SIZE);
        write(cached, bytes.duplicate().position(one).limit(sectors(bytes)), one);
        force();
        write(cached, bytes.duplicate().position(0).limit(one), 0);
        force();
    }

    /** How many of the first bytes are written last. */
    static int sectors(ByteBuffer bytes) {
        return Math.min(bytes.limit(), Chunk.ALIGNMENT);
    }

    /** All of it, to be worked on. */
    Region region() throws IOException {
        return Region.whole(cached);
    }

    void readPartitions() throws IOException {
        if (claim.isPresent()) {
            claim.get().readPartitions();
        }
    }

    /** What is read of it from now on is read for comparing; a file is read past the cache, too, where its file system can. */
    FileChannel reading() throws IOException {
        try {
            return FileChannel.open(target.path(), StandardOpenOption.READ, pastCache());
        } catch (IOException | UnsupportedOperationException _) {
            return FileChannel.open(target.path(), StandardOpenOption.READ);
        }
    }

    private static void close(AutoCloseable one) throws IOException {
        try {
            one.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        direct.close();
        cached.close();
        Optional<Claim> ours = claim.or(() -> lock);
        if (ours.isPresent()) {
            ours.get().close();
        }
    }
}
