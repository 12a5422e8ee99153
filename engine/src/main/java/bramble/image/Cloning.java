package bramble.image;

import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk on its way to a file: what is in use of it is read, piece by piece, and packed by several threads; no more pieces are read than
 * a few that are being packed. What isn't in use becomes zeros.
 *
 * <p>Of a disk that is in use meanwhile, first comes what its file systems tell of themselves, as of one moment; then what is in use by
 * that is read. In the end what has changed since is read once more, by a later moment, and again, three times at the most.
 */
public final class Cloning {
    private static final int PIECE = 4 << 20;
    private static final int MOST_THREADS = 4;
    private static final int PASSES = 4;

    private final Original original;
    private final Path file;
    private final Packing packing;
    private final Path unfinished;
    private final Path metadata;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong total = new AtomicLong(1);
    private long[] seen = new long[0];
    private long taken;
    private boolean restless;
    private List<Packing.Piece> pieces = new ArrayList<>();
    private Map<Integer, Packing.Bundle> zeros = new HashMap<>();
    private boolean inOrder = true;

    /**
     * What came of it.
     *
     * @param size of the image
     * @param taken how much of that was in use
     * @param packed how long the file is
     * @param again how many bytes were read more than once, because they had changed
     * @param restless whether something still changed in the end
     */
    public record Result(long size, long taken, long packed, String sha256, long again, boolean restless) {}

    /** Where it goes has no more room, or can't be written to. */
    static final class TargetException extends IOException {
        private static final long serialVersionUID = 1;

        TargetException(IOException cause) {
            super(FileTrouble.why(cause), cause);
        }
    }

    public Cloning(Original original, Path file, Packing packing) {
        this.original = original;
        this.file = file;
        this.packing = packing;
        this.unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        this.metadata = file.resolveSibling(file.getFileName() + ".metadata");
    }

    /** How many bytes are read. */
    public long done() {
        return done.get();
    }

    /** How many bytes there are to read, as far as is known by now. */
    public long total() {
        return total.get();
    }

    /** What is in use of it, as it is now. */
    public UsedBlocks look() {
        return look("clone");
    }

    /**
     * What is in use of it, as it is now.
     *
     * @param verb what it is looked at for: clone, or shrink
     */
    public UsedBlocks look(String verb) {
        try {
            original.settle();
            original.forget();
            UsedBlocks used = UsedBlocks.of(original);
            total.set(Math.max(1, used.used()));
            return used;
        } catch (IOException e) {
            throw new ProblemException(Source.NONE,
                    "Tried to " + verb + " " + original.shown() + ", but " + FileTrouble.why(e) + ".");
        }
    }

    /**
     * Does it. The file has its name only when it is whole; its checksum stands beside it then.
     *
     * @param found what {@link #look} has found
     */
    public Result run(UsedBlocks found) throws InterruptedException {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1,
                packing == Packing.XZ ? MOST_THREADS - 1 : MOST_THREADS);
        try (ExecutorService workers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().name("pack").daemon().factory())) {
            return run(found, workers, threads);
        } catch (TargetException e) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to write " + file + ", but " + FileTrouble.why(e) + ".", "Nothing is left of it."));
        } catch (IOException e) {
            String at = done.get() > 0 ? "after " + Amount.of(done.get()) + ": " : "";
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to read " + original.shown() + ", but " + at + FileTrouble.why(e) + ".",
                    "Nothing is left of " + file + "."));
        } finally {
            delete(unfinished);
        }
    }

    private Result run(UsedBlocks found, ExecutorService workers, int threads)
            throws IOException, InterruptedException {
        var pack = new Pack(workers, threads);
        long size = found.end();
        seen = new long[(int) ((size + PIECE - 1) / PIECE)];
        pieces = new ArrayList<>();
        zeros = new HashMap<>();
        taken = 0;
        long again = 0;
        try (FileChannel out = open(unfinished)) {
            write(out, ByteBuffer.wrap(packing.begin()));
            if (original.uses().isEmpty()) {
                read(found, (at, into, length, sectors) -> original.fill(at, into, length, Original.units(sectors)),
                        pack, out, all());
            } else {
                again = readLiving(found, pack, out);
            }
            if (packing == Packing.NONE) {
                write(() -> out.write(ByteBuffer.allocate(1), size - 1), out.size() < size);
            } else if (inOrder) {
                write(out, ByteBuffer.wrap(packing.end(pieces)));
            }
            write(() -> out.force(true), true);
        }
        String sha256 = finish();
        return new Result(size, taken - again, Files.size(file), sha256, again, restless);
    }

    /** Reads a disk in use; says how many bytes were read more than once. */
    private long readLiving(UsedBlocks found, Pack pack, FileChannel out) throws IOException, InterruptedException {
        long size = found.end();
        long first = 0;
        Optional<FileSums> before = Optional.empty();
        try (FileChannel file = open(metadata)) {
            for (int pass = 1; pass <= PASSES; pass++) {
                if (pass > 1) {
                    original.settle();
                    original.forget();
                }
                write(() -> file.truncate(0), true);
                Moment moment = Moment.of(original, found.parts(), file);
                UsedBlocks used = UsedBlocks.of(moment);
                if (used.end() != size) {
                    throw new IOException("its partitions were changed meanwhile");
                }
                FileSums now = FileSums.of(moment, found.parts());
                BitSet wanted = all();
                if (before.isPresent()) {
                    FileSums.Changes changes = now.since(before.get(), PIECE);
                    wanted = changed(used, size);
                    wanted.or(changes.moved());
                    restless = !wanted.isEmpty() || changes.unclear() || !moment.settled();
                    if (!restless && (pass > 2 || changes.written().isEmpty())) {
                        break;
                    }
                    wanted.or(changes.written());
                    for (int i = 0; i < seen.length; i++) {
                        if (moment.has((long) i * PIECE, length(i, size))) {
                            wanted.set(i);
                        }
                    }
                    total.addAndGet((long) wanted.cardinality() * PIECE);
                    inOrder = false;
                }
                read(used, moment::fill, pack, out, wanted);
                before = Optional.of(now);
                first = pass == 1 ? taken : first;
            }
        } finally {
            delete(metadata);
        }
        return taken - first;
    }

    private BitSet all() {
        var all = new BitSet();
        all.set(0, seen.length);
        return all;
    }

    private static FileChannel open(Path file) throws TargetException {
        try {
            return PrivateFile.fresh(file);
        } catch (IOException e) {
            throw new TargetException(e);
        }
    }

    private static int length(int piece, long size) {
        return (int) Math.min(PIECE, size - (long) piece * PIECE);
    }

    /** The pieces of which now others parts are in use than were when they were read. */
    private BitSet changed(UsedBlocks used, long size) throws IOException {
        var changed = new BitSet(seen.length);
        for (int i = 0; i < seen.length; i++) {
            if (sum(used.within((long) i * PIECE, length(i, size))) != seen[i]) {
                changed.set(i);
            }
        }
        return changed;
    }

    private static long sum(BitSet sectors) {
        return Digests.sum(ByteBuffer.wrap(sectors.toByteArray()));
    }

    /** What is being packed, in the order in which it was read. */
    private final class Pack {
        private final ExecutorService workers;
        private final int most;
        private final BlockingQueue<Packing.Packer> packers;
        private final BlockingQueue<byte[]> buffers;
        private final Deque<Job> jobs = new ArrayDeque<>();

        private record Job(int piece, int length, Future<Packing.Bundle> bundle) {}

        Pack(ExecutorService workers, int threads) throws IOException {
            this.workers = workers;
            this.most = threads + 1;
            this.packers = new ArrayBlockingQueue<>(threads);
            this.buffers = new ArrayBlockingQueue<>(most + 1);
            for (int i = 0; i < threads; i++) {
                packers.add(packing.packer());
            }
            for (int i = 0; i < most + 1; i++) {
                buffers.add(new byte[PIECE]);
            }
        }

        byte[] buffer() throws InterruptedException {
            return buffers.take();
        }

        void add(int piece, byte[] bytes, int length, FileChannel out) throws IOException, InterruptedException {
            boolean zero = packing != Packing.NONE && zero(bytes, length);
            Optional<Packing.Bundle> known = zero ? Optional.ofNullable(zeros.get(length)) : Optional.empty();
            if (known.isPresent()) {
                buffers.add(bytes);
                jobs.add(new Job(piece, length, CompletableFuture.completedFuture(known.get())));
            } else {
                Callable<Packing.Bundle> work = () -> {
                    Packing.Packer packer = packers.take();
                    try {
                        return packer.pack(bytes, length);
                    } finally {
                        packers.add(packer);
                        buffers.add(bytes);
                    }
                };
                var job = new Job(piece, length, workers.submit(work));
                jobs.add(job);
                if (zero) {
                    zeros.put(length, result(job));
                }
            }
            while (jobs.size() > most || (!jobs.isEmpty() && jobs.getFirst().bundle.isDone())) {
                put(jobs.remove(), out);
            }
        }

        void end(FileChannel out) throws IOException, InterruptedException {
            while (!jobs.isEmpty()) {
                put(jobs.remove(), out);
            }
        }

        private static Packing.Bundle result(Job job) throws IOException, InterruptedException {
            try {
                return job.bundle.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException trouble) {
                    throw trouble;
                }
                throw new IllegalStateException(e.getCause());
            }
        }

        private void put(Job job, FileChannel out) throws IOException, InterruptedException {
            Packing.Bundle bundle = result(job);
            if (packing == Packing.NONE) {
                sparse(out, (long) job.piece * PIECE, bundle.bytes());
                return;
            }
            long at = out.position();
            write(out, ByteBuffer.wrap(bundle.bytes()));
            var piece = new Packing.Piece(at, bundle.bytes().length, bundle.padding(), job.length);
            if (job.piece < pieces.size()) {
                pieces.set(job.piece, piece);
            } else {
                pieces.add(piece);
            }
        }
    }

    private static boolean zero(byte[] bytes, int length) {
        return Chunk.zero(ByteBuffer.wrap(bytes, 0, length));
    }

    /** Reads a part of the disk. */
    @FunctionalInterface
    private interface Reading {
        void fill(long at, byte[] into, int length, BitSet sectors) throws IOException;
    }

    /** Reads the pieces that are wanted, and has them packed. */
    private void read(UsedBlocks used, Reading disk, Pack pack, FileChannel out, BitSet wanted)
            throws IOException, InterruptedException {
        long size = used.end();
        for (int i = wanted.nextSetBit(0); i >= 0 && i < seen.length; i = wanted.nextSetBit(i + 1)) {
            long at = (long) i * PIECE;
            int length = length(i, size);
            byte[] buffer = pack.buffer();
            BitSet sectors = used.within(at, length);
            seen[i] = sum(sectors);
            disk.fill(at, buffer, length, sectors);
            clear(buffer, length, sectors);
            replace(used, at, buffer, length);
            pack.add(i, buffer, length, out);
            long bytes = (long) sectors.cardinality() * UsedBlocks.SECTOR;
            taken += bytes;
            done.addAndGet(bytes);
        }
        pack.end(out);
    }

    /** Has what isn't in use be zeros. */
    private static void clear(byte[] buffer, int length, BitSet sectors) {
        int count = length / UsedBlocks.SECTOR;
        for (int from = sectors.nextClearBit(0); from < count;) {
            int next = sectors.nextSetBit(from);
            int to = next < 0 ? count : next;
            Arrays.fill(buffer, from * UsedBlocks.SECTOR, to * UsedBlocks.SECTOR, (byte) 0);
            from = sectors.nextClearBit(to);
        }
    }

    private static void replace(UsedBlocks used, long at, byte[] buffer, int length) {
        used.replaced().forEach((place, bytes) -> {
            long from = Math.max(at, place);
            long to = Math.min(at + length, place + bytes.length);
            if (from < to) {
                System.arraycopy(bytes, (int) (from - place), buffer, (int) (from - at), (int) (to - from));
            }
        });
    }

    /** Something that is done with the file. */
    private interface Doing {
        void run() throws IOException;
    }

    private static void write(Doing doing, boolean needed) throws TargetException {
        try {
            if (needed) {
                doing.run();
            }
        } catch (IOException e) {
            throw new TargetException(e);
        }
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws TargetException {
        write(() -> {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }, true);
    }

    /** Leaves holes where zeros are, as far as nothing else was there before. */
    private void sparse(FileChannel out, long at, byte[] bytes) throws TargetException {
        int page = 1 << 16;
        for (int from = 0; from < bytes.length; from += page) {
            ByteBuffer some = ByteBuffer.wrap(bytes, from, Math.min(page, bytes.length - from));
            if (!inOrder || !Chunk.zero(some)) {
                long place = at + from;
                write(() -> {
                    for (long next = place; some.hasRemaining();) {
                        next += out.write(some, next);
                    }
                }, true);
            }
        }
    }

    /** Puts the pieces in their order, gives the file its name, and its checksum a place beside it. */
    private String finish() throws TargetException {
        Path ordered = file.resolveSibling(file.getFileName() + ".ordered");
        Path sums = file.resolveSibling(file.getFileName() + ".sha256");
        Path newSums = file.resolveSibling(file.getFileName() + ".sha256.unfinished");
        try {
            Path made = unfinished;
            if (!inOrder && packing != Packing.NONE) {
                order(ordered);
                made = ordered;
            }
            String sha256 = Checksum.of(LocalOrigin.of(made)).hex();
            Files.writeString(newSums, sha256 + "  " + file.getFileName() + "\n", StandardCharsets.UTF_8);
            PrivateFile.readAs(made, file);
            Files.deleteIfExists(sums); // an image without a checksum, rather than with another one's
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(newSums, sums, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return sha256;
        } catch (IOException e) {
            throw new TargetException(e);
        } finally {
            delete(ordered);
            delete(newSums);
        }
    }

    private void order(Path into) throws IOException {
        try (FileChannel in = FileChannel.open(unfinished, StandardOpenOption.READ);
                FileChannel out = PrivateFile.fresh(into)) {
            write(out, ByteBuffer.wrap(packing.begin()));
            for (Packing.Piece piece : pieces) {
                for (long at = piece.at(); at < piece.at() + piece.length();) {
                    at += in.transferTo(at, piece.at() + piece.length() - at, out);
                }
            }
            write(out, ByteBuffer.wrap(packing.end(pieces)));
            out.force(true);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // it says by its name what it is
        }
    }
}
