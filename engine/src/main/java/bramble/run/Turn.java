package bramble.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host's turn to work on one task: one of the forks, which it gives to others whenever it only waits. Belongs to the host's
 * thread.
 */
final class Turn {
    private final Line forks;
    private final Optional<Line.Spot> throttled;
    private Line.@Nullable Spot spot;
    private Duration idle = Duration.ZERO;

    /**
     * @param first where the host stands in line: for the task's throttle if it has one, else for the forks; empty for a task
     *     that is no work
     * @param throttled whether the task has a throttle
     */
    Turn(Line forks, Optional<Line.Spot> first, boolean throttled) {
        this.forks = forks;
        this.throttled = throttled ? first : Optional.empty();
        this.spot = throttled ? null : first.orElse(null);
    }

    /** Waits until the host may work. */
    void begin() throws InterruptedException {
        if (throttled.isPresent()) {
            throttled.get().await();
        }
        again();
    }

    /** Does what is only a wait, and part of the task: others may work meanwhile. */
    void aside(Wait wait) throws InterruptedException {
        release();
        wait.go();
        again();
    }

    /** Waits for somebody else: that is no part of the task. */
    void blocked(Duration time) throws InterruptedException {
        Instant from = Instant.now();
        Duration before = idle;
        aside(() -> Thread.sleep(time));
        idle = before.plus(Duration.between(from, Instant.now()));
    }

    /** It is over. */
    void end() {
        release();
        throttled.ifPresent(Line.Spot::leave);
    }

    private void again() throws InterruptedException {
        Line.Spot mine = spot;
        if (mine == null) {
            mine = forks.stand();
            spot = mine;
        }
        Instant from = Instant.now();
        mine.await();
        idle = idle.plus(Duration.between(from, Instant.now()));
    }

    private void release() {
        Line.Spot mine = spot;
        if (mine != null) {
            mine.leave();
            spot = null;
        }
    }

    /** Begins to take the time of the task, or of a part of it. */
    Timer timer() {
        return new Timer(Instant.now(), idle);
    }

    /** The time since some moment, without that in which the host waited for its turn or for somebody else. */
    final class Timer {
        private final Instant started;
        private final Duration before;

        private Timer(Instant started, Duration before) {
            this.started = started;
            this.before = before;
        }

        Instant started() {
            return started;
        }

        Duration took() {
            Duration own = Duration.between(started, Instant.now()).minus(idle.minus(before));
            return own.isNegative() ? Duration.ZERO : own;
        }
    }

    /** Something that takes time and no work. */
    @FunctionalInterface
    interface Wait {
        void go() throws InterruptedException;
    }
}
