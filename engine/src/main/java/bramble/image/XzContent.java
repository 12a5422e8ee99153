package bramble.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.SeekableFileInputStream;
import org.tukaani.xz.SeekableXZInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A file of xz on this machine, unpacked by Java alone. Several threads unpack its blocks, if it has several: each one every second or third block, into a
 * queue of its own that holds one block as {@code xz -6} makes them; they are taken from there in turn.
 *
 * @see <a href="https://tukaani.org/xz/xz-file-format.txt">The .xz File Format</a>
 */
final class XzContent implements Content {
    /** What unpacking may need, in KiB: as much as {@code xz -9} asks for, and a little. */
    static final int MEMORY = 100 << 10;

    /** What each of so many threads may need, in KiB, all together being as much as there is; from the second thread on. */
    private static final Map<Integer, Integer> MEMORY_OF_SEVERAL = Map.of(2, 24 << 10, 3, 10 << 10);

    private static final int PIECE = 1 << 20;
    private static final int PIECES = 24;

    private final Path file;
    private final List<Long> blocks;
    private final List<Worker> workers = new ArrayList<>();
    private final long size;
    private int block;
    private long left;
    private Piece piece = new Piece(new byte[0], 0, null);
    private int used;

    /** @param trouble why there is nothing more */
    private record Piece(byte[] bytes, int length, @org.jspecify.annotations.Nullable Throwable trouble) {}

    /**
     * What there is in xz, unpacked by what is the fastest here.
     *
     * @param file all of it, where it is on this machine and needs no checksum of its own
     */
    static Content of(InputStream in, Optional<Path> file) throws IOException {
        Optional<Index> index = file.isPresent() ? Optional.of(Index.of(file.get())) : Optional.empty();
        Optional<Content> fast = LibLzma.of(in, index.map(Index::size).orElse(-1L), MEMORY);
        if (fast.isPresent()) {
            return fast.get();
        }
        return file.isPresent() && index.isPresent() ? new XzContent(file.get(), index.get()) : stream(in);
    }

    static Content stream(InputStream in) throws IOException {
        return new StreamContent(new XZInputStream(in, MEMORY, true, new BasicArrayCache()), -1);
    }

    /**
     * What a file's index says: one that ends too early has none.
     *
     * @param blocks how long each is, unpacked
     */
    private record Index(List<Long> blocks, long size) {
        static Index of(Path file) throws IOException {
            try (SeekableXZInputStream index = open(file, MEMORY)) {
                var blocks = new ArrayList<Long>();
                for (int i = 0; i < index.getBlockCount(); i++) {
                    blocks.add(index.getBlockSize(i));
                }
                return new Index(List.copyOf(blocks), index.length());
            }
        }
    }

    XzContent(Path file) throws IOException {
        this(file, Index.of(file));
    }

    private XzContent(Path file, Index index) {
        this.file = file;
        this.blocks = index.blocks();
        this.size = index.size();
        int threads = Math.clamp(Math.min(blocks.size(), Runtime.getRuntime().availableProcessors()), 1,
                1 + (int) MEMORY_OF_SEVERAL.values().stream().filter(this::fits).count());
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(i, threads));
        }
        workers.forEach(worker -> worker.thread.start());
        left = blocks.isEmpty() ? 0 : blocks.getFirst();
    }

    private static SeekableXZInputStream open(Path file, int memory) throws IOException {
        return new SeekableXZInputStream(new SeekableFileInputStream(file.toFile()), memory, true,
                new BasicArrayCache());
    }

    /** Whether unpacking needs no more than so many KiB. */
    private boolean fits(int memory) {
        try (SeekableXZInputStream in = open(file, memory)) {
            in.read();
            return true;
        } catch (IOException _) {
            return false; // what else is amiss is told when it is read
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (left == 0) {
            block++;
            if (block >= blocks.size()) {
                return -1;
            }
            left = blocks.get(block);
        }
        Worker worker = workers.get(block % workers.size());
        if (used == piece.length) {
            worker.free.offer(piece.bytes);
            piece = worker.take();
            used = 0;
            if (piece.trouble instanceof IOException e) {
                throw e;
            }
            if (piece.trouble != null) {
                throw new IllegalStateException(piece.trouble);
            }
        }
        int read = Math.min(into.remaining(), piece.length - used);
        into.put(piece.bytes, used, read);
        used += read;
        left -= read;
        return read;
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.thread.interrupt());
    }

    /** Unpacks every so-manieth block. */
    private final class Worker {
        private final int first;
        private final int step;
        private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
        private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(PIECES + 2);
        private final Thread thread = Thread.ofPlatform().name("xz").daemon().unstarted(this::work);

        Worker(int first, int step) {
            this.first = first;
            this.step = step;
        }

        Piece take() throws IOException {
            try {
                return pieces.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("it was interrupted", e);
            }
        }

        private void work() {
            try {
                try (SeekableXZInputStream in = open(file, MEMORY)) {
                    for (int i = first; i < blocks.size(); i += step) {
                        in.seekToBlock(i);
                        unpack(in, blocks.get(i));
                    }
                } catch (IOException | RuntimeException | Error e) {
                    pieces.put(new Piece(new byte[0], 0, e));
                }
            } catch (InterruptedException _) {
                // nobody wants more
            }
        }

        private void unpack(SeekableXZInputStream in, long bytes) throws IOException, InterruptedException {
            for (long rest = bytes; rest > 0;) {
                byte[] known = free.poll();
                byte[] buffer = known == null || known.length != PIECE ? new byte[PIECE] : known;
                int wanted = (int) Math.min(PIECE, rest);
                int read = in.readNBytes(buffer, 0, wanted);
                if (read < wanted) {
                    throw new java.io.EOFException();
                }
                pieces.put(new Piece(buffer, read, null));
                rest -= read;
            }
        }
    }
}
