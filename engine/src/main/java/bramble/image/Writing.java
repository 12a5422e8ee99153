package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An image on its way to cards: unpacked once, written to all of them at once by a thread each. Of what is unpacked no more is kept than
 * a few chunks, which go round; so the slowest card sets the pace. A card that fails lets the others go on.
 *
 * <p>The image's first chunk is held back. In its place stands a {@link Marker}, until all else is written and was read back: whenever it
 * ends before, the card is no card that anything starts from, and the next time it is gone on with.
 */
public final class Writing {
    /** How many chunks are under way at once: as many as make it fast, or as leave room for what unpacking keeps. */
    private static final int BUFFERS = 8;
    private static final int BUFFERS_BESIDE_MUCH = 3;
    private static final long MUCH = 64 << 20;

    /** What follows a chunk of a card's queue. */
    sealed interface Next {
        /** Something to write. */
        record More(Chunk chunk) implements Next {}

        /** It was all; the image is whole. */
        record End(long size, List<Long> sums) implements Next {}

        /**
         * There won't be an end.
         *
         * @param sound whether what came so far is the image's
         */
        record Broken(boolean sound) implements Next {}
    }

    /** What a card is being done with. */
    public enum Phase {
        WRITING,
        VERIFYING,
        DONE,
        FAILED
    }

    /**
     * How far a card is.
     *
     * @param done how many bytes in this phase
     */
    public record State(Path device, Phase phase, long done) {}

    /**
     * How it ended with a card.
     *
     * @param trouble why it failed; empty if it didn't
     * @param from how many bytes were on it from the last time
     * @param skipped how many bytes of zeros didn't have to be written
     * @param writing seconds that writing took
     * @param verifying seconds that reading it back took
     */
    public record Result(Target target, String trouble, long from, long skipped, double writing, double verifying) {}

    /** What else is done to a card before it is finished, so that it never starts as anything else. */
    @FunctionalInterface
    public interface Finishing {
        /**
         * Works on a card that holds all of the image but its first bytes.
         *
         * @param first these bytes, with the partition table
         * @param size how many bytes the image has
         * @return the first bytes as they are to be; only what isn't on the card yet may be other than it was
         */
        ByteBuffer finish(Region card, ByteBuffer first, long size) throws IOException;
    }

    /** What became of all. */
    public record Results(long size, String sha256, List<Result> cards) {}

    private final Unpacking image;
    private final Chunk.Pool pool;
    private final ByteBuffer first = Chunk.buffer(Chunk.SIZE);
    private final List<CardWriter> writers;
    private final boolean verify;

    /**
     * Looks at the image's beginning; nothing is opened for writing yet.
     *
     * @param anything whether it may be something that doesn't look like a disk
     * @param finishing of a target, where there is something to be done
     */
    public Writing(Unpacking image, List<Target> targets, boolean verify, boolean anything,
            Function<Target, Optional<Finishing>> finishing) {
        this(image, targets, verify, anything, finishing, FileChannel::open);
    }

    Writing(Unpacking image, List<Target> targets, boolean verify, boolean anything,
            Function<Target, Optional<Finishing>> finishing, Card.Opening opening) {
        this.image = image;
        this.pool = new Chunk.Pool(image.window() > MUCH ? BUFFERS_BESIDE_MUCH : BUFFERS);
        this.verify = verify;
        image.read(first);
        first.flip();
        if (!anything) {
            checkDisk();
        }
        for (Target target : targets) {
            if (image.atLeast() > target.capacity()) {
                throw new ProblemException(Problem.error(Source.NONE, "Tried to write to " + target.describe()
                        + ", but it is too small: the image has " + Amount.of(image.atLeast()) + ".",
                        image.kind() == Unpacking.Kind.GZIP
                                ? "So the end of the packed file says: if it was cut off, that is wrong. Fetch it anew."
                                : ""));
            }
        }
        String id = id();
        this.writers = targets.stream()
                .map(target -> new CardWriter(target, id, first.asReadOnlyBuffer(), pool, verify,
                        finishing.apply(target), opening))
                .toList();
    }

    private void checkDisk() {
        if (first.limit() < Marker.SIZE || (first.getShort(510) & 0xffff) != 0x55aa) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to find a partition table at the beginning of the image, but there is none.",
                    "Is it an image of a disk? If it is, of a kind that has none: --force."));
        }
    }

    /** The image's first bytes, with its partition table. */
    public ByteBuffer beginning() {
        return first.asReadOnlyBuffer();
    }

    /**
     * What an image of such a size lacks, as it follows "the image": the end of a partition, if it was cut off. Some images are made so,
     * if the last file system is smaller than its partition.
     */
    public Optional<String> lacks(long size) {
        return lacks(first, size);
    }

    /** The same of the image that begins so. */
    public static Optional<String> lacks(ByteBuffer first, long size) {
        try {
            return PartitionTable.of(first.duplicate()).stream().flatMap(table -> table.partitions().stream())
                    .filter(one -> one.start() + one.length() > size).findFirst()
                    .map(one -> "ends after " + Amount.of(size) + ", and its partition " + one.number()
                            + " at " + Amount.of(one.start() + one.length()) + ": was it cut off?");
        } catch (IOException _) {
            return Optional.empty(); // told by those who need it
        }
    }

    private String id() {
        MessageDigest digest = Checksum.digest("SHA-256");
        digest.update(image.version().getBytes(StandardCharsets.UTF_8));
        digest.update(first.duplicate());
        return HexFormat.of().formatHex(digest.digest());
    }

    /** How far each card is; may be asked at any time, by anybody. */
    public List<State> states() {
        return writers.stream().map(CardWriter::state).toList();
    }

    /**
     * Writes, verifies, and comes back when all cards are done or have failed.
     *
     * @throws ProblemException if the image can't be read to its end, or isn't the one that was wanted: no card is finished then
     */
    public Results run() throws InterruptedException {
        var digests = new Digests(verify);
        digests.add(first.duplicate());
        var counter = new DigestWriter(digests);
        Thread counting = Thread.ofPlatform().name("digest").daemon().start(counter);
        List<Thread> threads = writers.stream()
                .map(writer -> Thread.ofPlatform().name(writer.state().device().toString()).daemon().start(writer))
                .toList();
        long size = first.limit();
        try {
            while (writers.stream().anyMatch(writer -> writer.state().phase() == Phase.WRITING)) {
                ByteBuffer buffer = pool.take();
                if (!image.read(buffer)) {
                    pool.give(buffer);
                    break;
                }
                var chunk = new Chunk(size, buffer.flip(), pool, writers.size() + 1);
                size = chunk.end();
                counter.add(new Next.More(chunk));
                writers.forEach(writer -> writer.add(new Next.More(chunk)));
            }
            counter.add(new Next.Broken(true));
            counting.join();
        } catch (ProblemException e) {
            boolean sound = e instanceof Unpacking.InterruptedFlowException;
            writers.forEach(writer -> writer.add(new Next.Broken(sound)));
            join(threads);
            throw e;
        }
        var end = new Next.End(size, digests.sums());
        writers.forEach(writer -> writer.add(end));
        join(threads);
        return new Results(size, digests.sha256(), writers.stream().map(CardWriter::result).toList());
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
