package bramble.cli;

import bramble.event.Event;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes a run to a terminal as it goes on: what is finished scrolls, and the lines below it are drawn anew a few times a
 * second. One thread of its own draws; everybody else sends it messages.
 */
final class LiveConsole implements Consumer<Event>, AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String CLEAR_BELOW = "\r\u001b[J";

    private final BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
    private final PrintStream out;
    private final LiveModel model;
    private final Supplier<ScreenSize> size;
    private final Thread thread;
    private List<String> drawn = List.of();

    private sealed interface Message {
        record Told(Event event) implements Message {}

        /** Work that wants the screen for itself. */
        record Aside(Runnable work, CompletableFuture<Boolean> done) implements Message {}

        record End() implements Message {}
    }

    LiveConsole(PrintStream out, LiveModel model, Supplier<ScreenSize> size) {
        this.out = out;
        this.model = model;
        this.size = size;
        this.thread = Thread.ofPlatform().name("screen").daemon().start(this::work);
    }

    @Override
    public void accept(Event event) {
        queue.add(new Message.Told(event));
        if (event instanceof Event.RunEnded) {
            close();
        }
    }

    /** Lets something else be written, or read from the keyboard, while nothing is drawn. */
    void aside(Runnable work) throws InterruptedException {
        var done = new CompletableFuture<Boolean>();
        queue.add(new Message.Aside(work, done));
        while (!done.isDone() && thread.isAlive()) {
            try {
                done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (TimeoutException e) {
                // a person takes their time; only a screen that is gone ends it
            }
        }
        if (!done.isDone()) {
            work.run();
        }
    }

    /** Leaves the screen as one that was written line by line. */
    @Override
    public void close() {
        queue.add(new Message.End());
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        var finished = new ArrayList<String>();
        long due = System.nanoTime();
        while (true) {
            try {
                Message message = queue.poll(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                model.screen(size.get());
                while (message != null) {
                    switch (message) {
                        case Message.Told(Event event) -> finished.addAll(model.accept(event));
                        case Message.Aside(Runnable work, CompletableFuture<Boolean> done) -> {
                            draw(finished, List.of(), size.get());
                            work.run();
                            done.complete(true);
                        }
                        case Message.End() -> {
                            draw(finished, List.of(), size.get());
                            return;
                        }
                    }
                    message = queue.poll();
                }
                if (System.nanoTime() >= due || !finished.isEmpty()) { // some events come without a pause
                    ScreenSize now = size.get();
                    draw(finished, model.region(now, Instant.now()), now);
                    due = System.nanoTime() + PAUSE.toNanos();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One write, so that nothing flickers. A screen that was made narrower has broken the drawn lines into more of them. */
    private void draw(List<String> finished, List<String> region, ScreenSize now) {
        if (finished.isEmpty() && region.equals(drawn)) {
            return;
        }
        var text = new StringBuilder();
        if (!drawn.isEmpty()) {
            int rows = drawn.stream().mapToInt(line -> LiveModel.rows(line, now.columns())).sum();
            text.append(String.format("\u001b[%dA", Math.min(rows, Math.max(1, now.rows() - 1)))).append(CLEAR_BELOW);
        }
        finished.forEach(line -> text.append(line).append('\n'));
        region.forEach(line -> text.append(line).append('\n'));
        out.print(text);
        out.flush();
        finished.clear();
        drawn = region;
    }
}
