package bramble.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InflowTest {
    private static final int CHUNK = 1000;

    @Test
    void whoIsFarAheadWaitsUntilSomebodyReads() throws Exception {
        try (var in = new Inflow(Optional.empty(), 4 * CHUNK, Duration.ofDays(1))) {
            var written = new AtomicInteger();
            var done = new CompletableFuture<Boolean>();
            OutputStream sink = in.sink();
            Thread writer = Thread.ofPlatform().daemon().start(() -> done.complete(write(sink, 10, written)));
            while (writer.getState() != Thread.State.TIMED_WAITING && !done.isDone()) {
                Thread.onSpinWait();
            }
            assertEquals(4, written.get());

            assertEquals(CHUNK, in.readNBytes(CHUNK).length);
            assertEquals(9 * CHUNK, in.readAllBytes().length);
            assertTrue(done.get());
        }
    }

    @Test
    void nothingIsLostWhereNobodyReadsForLong() throws Exception {
        try (var in = new Inflow(Optional.empty(), CHUNK, Duration.ZERO)) {
            assertTrue(write(in.sink(), 10, new AtomicInteger()));

            byte[] all = in.readAllBytes();
            assertEquals(10 * CHUNK, all.length);
            assertArrayEquals(chunk(9), Arrays.copyOfRange(all, 9 * CHUNK, all.length));
        }
    }

    private static boolean write(OutputStream sink, int count, AtomicInteger written) {
        try (sink) {
            for (int i = 0; i < count; i++) {
                sink.write(chunk(i));
                written.incrementAndGet();
            }
            return true;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static byte[] chunk(int number) {
        byte[] bytes = new byte[CHUNK];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }
}
