package bramble.run;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A line that hosts stand in: so many of them may work at once, and they begin in the order in which they came. */
final class Line {
    private final Queue<Spot> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger free;

    /** @param most how many may work at once */
    Line(int most) {
        this.free = new AtomicInteger(Math.max(1, most));
    }

    /** Stands at the end of the line. Whoever does so must leave it, whether its turn came or not. */
    Spot stand() {
        var spot = new Spot();
        waiting.add(spot);
        serve();
        return spot;
    }

    private void serve() {
        while (free.get() > 0 && !waiting.isEmpty()) {
            int now = free.get();
            if (now > 0 && free.compareAndSet(now, now - 1)) {
                Spot next = waiting.poll();
                if (next == null || !next.turn.complete(true)) {
                    free.incrementAndGet(); // somebody else took it, or it left before
                }
            }
        }
    }

    /** A place in the line, and the right to work once its turn has come. */
    final class Spot {
        private final CompletableFuture<Boolean> turn = new CompletableFuture<>();
        private final AtomicBoolean left = new AtomicBoolean();

        /** Waits for its turn. */
        void await() throws InterruptedException {
            try {
                turn.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        /** Lets the next one work. To leave twice does no harm. */
        void leave() {
            if (left.getAndSet(true)) {
                return;
            }
            boolean worked = !turn.complete(false);
            if (worked) {
                free.incrementAndGet();
            }
            serve();
        }
    }
}
