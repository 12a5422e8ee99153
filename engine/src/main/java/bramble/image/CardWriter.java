package bramble.image;

import bramble.image.Writing.Next;
import bramble.image.Writing.Phase;
import bramble.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Writes one card, and reads it back. */
final class CardWriter implements Runnable {
    private static final int READERS = 2;

    /** How long, and how much, is written at most before it is put on the card for sure. */
    private static final long KEEP_NANOS = 3_000_000_000L;
    private static final long KEEP_BYTES = 128 << 20;
    private static final int LOOK_MILLIS = 20;

    private final Target target;
    private final String image;
    private final ByteBuffer first;
    private final Chunk.Pool pool;
    private final boolean verify;
    private final BlockingQueue<Next> queue = new LinkedBlockingQueue<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WRITING);
    private final AtomicLong done = new AtomicLong();
    private boolean ended;
    private final Optional<Writing.Finishing> finishing;
    private final Card.Opening opening;
    private volatile String trouble = "";
    private volatile long from;
    private final AtomicLong skipped = new AtomicLong();
    private volatile double writing;
    private volatile double verifying;

    /** @param image tells it apart from any other */
    CardWriter(Target target, String image, ByteBuffer first, Chunk.Pool pool, boolean verify,
            Optional<Writing.Finishing> finishing, Card.Opening opening) {
        this.opening = opening;
        this.finishing = finishing;
        this.target = target;
        this.image = image;
        this.first = first;
        this.pool = pool;
        this.verify = verify;
    }

    void add(Next next) {
        queue.add(next);
    }

    Writing.State state() {
        return new Writing.State(target.path(), phase.get(), done.get());
    }

    Writing.Result result() {
        return new Writing.Result(target, trouble, from, skipped.get(), writing, verifying);
    }

    @Override
    public void run() {
        try {
            try (Card card = new Card(target, opening)) {
                write(card);
            } catch (IOException e) {
                fail("Tried to write to " + target.describe() + ", but " + why(e) + ".");
            } catch (RuntimeException | Error e) {
                fail("Tried to write to " + target.describe() + ", but Bramble has a bug there: " + e);
            }
            drain();
        } catch (InterruptedException _) {
            fail("Writing to " + target.describe() + " was interrupted.");
        }
    }

    private String why(IOException e) {
        String said = bramble.problem.FileTrouble.why(e);
        long at = done.get();
        Optional<String> change = change();
        return change.isPresent() ? (at > 0 ? "at " + Amount.of(at) + " " : "") + change.get() : switch (said) {
            case "Input/output error", "No such device", "No such device or address" -> "at " + Amount.of(at)
                    + " it failed (" + said + "): is it broken, or was it pulled out?";
            default -> at > 0 ? "at " + Amount.of(at) + ": " + said : said;
        };
    }

    /** What has become of a device meanwhile, whatever the system says of what failed; empty where it is as it was. */
    private Optional<String> change() {
        if (target.disk().isEmpty()) {
            return Optional.empty();
        }
        long size;
        try {
            size = Disk.Found.here().at(target.path()).map(Disk::size).orElse(0L);
        } catch (IOException _) {
            size = 0;
        }
        return size == target.capacity()
                ? Optional.empty()
                : Optional.of(size == 0
                        ? "it is gone: was it pulled out?"
                        : size < target.capacity()
                                ? "it has only " + Amount.of(size) + " left of " + Amount.of(target.capacity())
                                        + ": is it broken?"
                                : "it has " + Amount.of(size) + " now, and had " + Amount.of(target.capacity())
                                        + ": is it another one?");
    }

    private void fail(String why) {
        trouble = why.replaceFirst("\\?\\.$", "?");
        phase.set(Phase.FAILED);
    }

    /** Lets the others have what this one can't use. */
    private void drain() throws InterruptedException {
        while (phase.get() == Phase.FAILED && !ended && queue.take() instanceof Next.More(Chunk chunk)) {
            chunk.done();
        }
    }

    private void write(Card card) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        from = card.marker().filter(marker -> marker.image().equals(image)).map(Marker::done).orElse(0L);
        card.mark(new Marker(image, from));
        if (from == 0) {
            card.blank(first.limit());
        }
        done.set(first.limit());
        Next end;
        try (var keeper = new Keeper(card, image, from, done)) {
            end = chunks(card);
            keeper.stop();
        }
        switch (end) {
            case Next.End all -> finish(card, all, begun);
            case Next.Broken broken -> {
                card.force();
                card.mark(new Marker(image, broken.sound() ? Math.max(from, done.get()) : 0));
                fail("the image came to no end");
            }
            case Next.More _ -> throw new IllegalStateException("chunks() ends with an end");
        }
    }

    private Next chunks(Card card) throws IOException, InterruptedException {
        while (true) {
            Next next = queue.take();
            if (!(next instanceof Next.More(Chunk chunk))) {
                ended = true;
                return next;
            }
            try {
                if (chunk.end() > card.capacity()) {
                    throw new IOException("the image is larger than the device");
                }
                if (chunk.end() > from && card.write(chunk.position(), chunk.bytes())) {
                    skipped.addAndGet(chunk.bytes().remaining());
                }
                done.set(chunk.end());
            } finally {
                chunk.done();
            }
        }
    }

    private void finish(Card card, Next.End end, long begun) throws IOException, InterruptedException {
        card.length(end.size());
        card.force();
        writing = seconds(begun);
        if (verify) {
            long read = System.nanoTime();
            phase.set(Phase.VERIFYING);
            done.set(0);
            if (!compare(card, end)) {
                return;
            }
            verifying = seconds(read);
        }
        card.behind(first);
        int sectors = Card.sectors(first);
        if (verify && !sameBeginning(card, first, sectors, first.limit())) {
            return;
        }
        ByteBuffer begin = first;
        if (finishing.isPresent()) {
            card.mark(new Marker(image, 0)); // from now on it isn't the image any more
            try {
                begin = finishing.get().finish(card.region(), first.duplicate(), end.size());
            } catch (ProblemException e) {
                fail(e.summary());
                return;
            }
            card.force();
        }
        card.begin(begin);
        if (verify && !sameBeginning(card, begin, 0, sectors)) {
            return;
        }
        card.readPartitions();
        phase.set(Phase.DONE);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Reads all but the beginning, by several threads so that reading never waits for counting. */
    private boolean compare(Card card, Next.End end) throws IOException, InterruptedException {
        var wrong = new AtomicLong(Long.MAX_VALUE);
        var problem = new AtomicReference<Optional<IOException>>(Optional.empty());
        try (FileChannel reading = card.reading()) {
            List<Thread> readers = java.util.stream.IntStream.range(1, 1 + READERS)
                    .mapToObj(number -> Thread.ofPlatform()
                            .daemon().start(() -> {
                                try {
                                    compare(reading, end, number, wrong);
                                } catch (IOException e) {
                                    problem.set(Optional.of(e));
                                } catch (InterruptedException _) {
                                    problem.set(Optional.of(new IOException("it was interrupted")));
                                }
                            }))
                    .toList();
            for (Thread reader : readers) {
                reader.join();
            }
        }
        if (problem.get().isPresent()) {
            throw problem.get().get();
        }
        return wrong.get() == Long.MAX_VALUE || differs(card, wrong.get());
    }

    /** Every other part, from a given one on. */
    private void compare(FileChannel reading, Next.End end, int number, AtomicLong wrong)
            throws IOException, InterruptedException {
        for (int i = number; i < end.sums().size() && wrong.get() == Long.MAX_VALUE; i += READERS) {
            long position = (long) i * Chunk.SIZE;
            int length = (int) Math.min(Chunk.SIZE, end.size() - position);
            ByteBuffer buffer = pool.take();
            try {
                int read = Card.read(reading, buffer, position, length);
                if (read < length || Digests.sum(buffer.flip().limit(length)) != end.sums().get(i)) {
                    wrong.accumulateAndGet(position, Math::min);
                }
            } finally {
                pool.give(buffer);
            }
            done.addAndGet(length);
        }
    }

    private boolean sameBeginning(Card card, ByteBuffer wanted, int start, int end)
            throws IOException, InterruptedException {
        ByteBuffer buffer = pool.take();
        try (FileChannel reading = card.reading()) {
            int read = Card.read(reading, buffer, start, end - start);
            return (read == end - start && buffer.flip().limit(read).equals(wanted.slice(start, read)))
                    || differs(card, start);
        } finally {
            pool.give(buffer);
        }
    }

    private boolean differs(Card card, long position) throws IOException {
        card.mark(new Marker(image, 0));
        fail("Tried to verify " + target.describe() + ", but from " + Amount.of(position)
                + " on it doesn't hold what was written to it: it is broken, or smaller than it says.");
        return false;
    }

    /**
     * Says on the card now and then how much of it is there for sure, while it is being written. A device that keeps what it gets to
     * itself for a while has less to do in the end, too.
     */
    private static final class Keeper implements AutoCloseable {
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final AtomicReference<Optional<IOException>> problem = new AtomicReference<>(Optional.empty());
        private final Thread thread;

        Keeper(Card card, String image, long from, AtomicLong done) {
            thread = Thread.ofPlatform().name("keep").daemon().start(() -> {
                try {
                    long kept = from;
                    long last = System.nanoTime();
                    while (!stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                        long now = done.get();
                        if (now - kept > KEEP_BYTES || (now > kept && System.nanoTime() - last > KEEP_NANOS)) {
                            card.force();
                            card.mark(new Marker(image, now));
                            kept = now;
                            last = System.nanoTime();
                        }
                    }
                } catch (IOException e) {
                    problem.set(Optional.of(e));
                } catch (InterruptedException _) {
                    // stopped
                }
            });
        }

        void stop() throws IOException, InterruptedException {
            stopped.countDown();
            thread.join();
            if (problem.get().isPresent()) {
                throw problem.get().get();
            }
        }

        @Override
        public void close() {
            stopped.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
