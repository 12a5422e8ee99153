package bramble.event;

import bramble.problem.Problem;
import bramble.problem.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** One queue and one thread: events come from any thread and reach the listeners one after another. */
public final class Events implements AutoCloseable {
    private final BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    private sealed interface Delivery {
        record Told(Event event) implements Delivery {}

        record Barrier(CompletableFuture<Boolean> reached) implements Delivery {}

        record End() implements Delivery {}
    }

    public Events(List<Consumer<Event>> listeners) {
        List<Consumer<Event>> all = List.copyOf(listeners);
        thread = Thread.ofPlatform().name("events").daemon().start(() -> deliver(all));
    }

    public void tell(Event event) {
        queue.add(new Delivery.Told(event));
    }

    /** Waits until all that was told so far is delivered. */
    public void barrier() throws InterruptedException {
        var reached = new CompletableFuture<Boolean>();
        queue.add(new Delivery.Barrier(reached));
        try {
            reached.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Delivers what was told so far, and ends. */
    @Override
    public void close() {
        queue.add(new Delivery.End());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(List<Consumer<Event>> all) {
        var listeners = new ArrayList<>(all);
        while (true) {
            try {
                switch (queue.take()) {
                    case Delivery.Told(Event event) -> deliver(event, listeners);
                    case Delivery.Barrier(CompletableFuture<Boolean> reached) -> reached.complete(true);
                    case Delivery.End() -> {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A listener that fails is reported to the others and left out from then on; it never stops a run. */
    private void deliver(Event event, List<Consumer<Event>> listeners) {
        for (Consumer<Event> listener : List.copyOf(listeners)) {
            try {
                listener.accept(event);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) { // without this thread, all would wait for ever
                listeners.remove(listener);
                tell(new Event.Warned(Instant.now(), Problem.warning(Source.NONE,
                        "Tried to tell a listener of the run, but it failed: " + e.getMessage(),
                        "It is told no more.")));
            }
        }
    }
}
