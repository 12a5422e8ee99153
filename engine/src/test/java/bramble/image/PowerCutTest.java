package bramble.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ProxySelector;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever power fails while a card is written, nothing starts from what is there then unless it is finished, and the next run
 * finishes it. A write may have come to the card wholly, in part, or not at all, in any order since the last time that all was waited for.
 */
class PowerCutTest {
    private static final int MIB = 1 << 20;
    private static final int SECTOR = 512;
    private static final int NAMED = 5 * MIB + 700;

    /** What was done to a card, in its order. */
    private sealed interface Step {
        record Write(long at, byte[] bytes) implements Step {}

        record Cut(long length) implements Step {}

        record Force() implements Step {}
    }

    @TempDir
    Path folder = Path.of("");

    private final List<Step> steps = new ArrayList<>();

    @Test
    void isFinishedByTheNextRunWhereverItWasCut() throws Exception {
        byte[] image = disk(1, 9 * MIB + SECTOR);
        Arrays.fill(image, 6 * MIB, 8 * MIB, (byte) 0);
        byte[] whole = image.clone();
        System.arraycopy("pi3".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, whole, NAMED, 3);
        byte[] old = disk(2, 7 * MIB);
        Files.write(folder.resolve("a.img"), image);
        Files.write(folder.resolve("card"), old);
        assertEquals("", written((path, options) -> new Noting(FileChannel.open(path, options))));
        assertArrayEquals(whole, Files.readAllBytes(folder.resolve("card")));
        assertTrue(steps.size() > 10, steps::toString);

        for (int cut = 1; cut <= steps.size(); cut++) {
            for (List<Step> done : reached(cut)) {
                byte[] state = after(old, done);
                String where = "cut at " + cut + " of " + steps.size() + ", with " + done.size();
                if (starts(state)) {
                    byte[] begun = state;
                    assertTrue(Arrays.equals(begun, whole) || Arrays.equals(begun, old), () -> where);
                }
                Files.write(folder.resolve("card"), state);
                assertEquals("", written(FileChannel::open), where);
                assertArrayEquals(whole, Files.readAllBytes(folder.resolve("card")), where);
            }
        }
    }

    /** What may have been reached when power failed in a step: all before it, and of it and what wasn't waited for some, or part of one. */
    private List<List<Step>> reached(int cut) {
        List<Step> all = steps.subList(0, cut);
        var ways = new ArrayList<List<Step>>();
        ways.add(all);
        if (all.getLast() instanceof Step.Write(long at, byte[] bytes)) {
            int half = Math.max(SECTOR, bytes.length / 2 / SECTOR * SECTOR);
            if (half < bytes.length) {
                ways.add(with(all.subList(0, cut - 1), new Step.Write(at, Arrays.copyOf(bytes, half))));
                ways.add(with(all.subList(0, cut - 1),
                        new Step.Write(at + half, Arrays.copyOfRange(bytes, half, bytes.length))));
                ways.add(with(all.subList(0, cut - 1), new Step.Write(at, Arrays.copyOf(bytes, SECTOR))));
            }
            int sure = all.lastIndexOf(new Step.Force()) + 1;
            if (sure < cut - 1) {
                ways.add(with(all.subList(0, sure), all.getLast()));
            }
        }
        return ways;
    }

    private static List<Step> with(List<Step> some, Step last) {
        var all = new ArrayList<>(some);
        all.add(last);
        return all;
    }

    private static byte[] after(byte[] card, List<Step> done) {
        byte[] state = card.clone();
        for (Step step : done) {
            switch (step) {
                case Step.Write(long at, byte[] bytes) -> {
                    state = Arrays.copyOf(state, Math.max(state.length, (int) at + bytes.length));
                    System.arraycopy(bytes, 0, state, (int) at, bytes.length);
                }
                case Step.Cut(long length) -> state = Arrays.copyOf(state, Math.min(state.length, (int) length));
                case Step.Force _ -> {
                    // what was written before is there
                }
            }
        }
        return state;
    }

    private static boolean starts(byte[] card) {
        return card.length >= SECTOR && card[510] == 0x55 && card[511] == (byte) 0xaa;
    }

    private static byte[] disk(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        bytes[510] = 0x55;
        bytes[511] = (byte) 0xaa;
        return bytes;
    }

    /** Writes the image, and a name into it, and gives what went wrong. */
    private String written(Card.Opening opening) throws InterruptedException {
        Origin origin = Origin.of("a.img", folder, ProxySelector.of(null));
        try (var unpacking = new Unpacking(origin, Optional.empty())) {
            var target = new Target(folder.resolve("card"), Optional.empty());
            return new Writing(unpacking, List.of(target), true, false, _ -> Optional.of((card, first, _) -> {
                card.write(NAMED, "pi3".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                return first;
            }), opening).run().cards().getFirst().trouble();
        }
    }

    /** A channel of which is noted down what it does to the file. */
    private final class Noting extends FileChannel {
        private final FileChannel file;

        private Noting(FileChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.duplicate().get(bytes);
            steps.add(new Step.Write(position, bytes));
            return file.write(from, position);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            steps.add(new Step.Cut(size));
            file.truncate(size);
            return this;
        }

        @Override
        public void force(boolean all) throws IOException {
            steps.add(new Step.Force());
            file.force(all);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileChannel position(long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
