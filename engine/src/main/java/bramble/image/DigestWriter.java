package bramble.image;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Counts the digests of what the cards get. */
final class DigestWriter implements Runnable {
    private final Digests digests;
    private final BlockingQueue<Writing.Next> queue = new LinkedBlockingQueue<>();

    DigestWriter(Digests digests) {
        this.digests = digests;
    }

    void add(Writing.Next next) {
        queue.add(next);
    }

    @Override
    public void run() {
        try {
            while (queue.take() instanceof Writing.Next.More(Chunk chunk)) {
                digests.add(chunk.bytes());
                chunk.done();
            }
        } catch (InterruptedException _) {
            // nobody wants them
        }
    }
}
