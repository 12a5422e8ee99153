package bramble.run;

import bramble.event.HostResult;
import bramble.playbook.Loop;
import bramble.problem.ProblemException;
import bramble.value.MapValue;
import bramble.value.UnknownValueException;
import java.util.Optional;

/** One task on one host, from its conditions to its result. */
record TaskRun(HostTask one) {
    TaskEnd perform() throws InterruptedException {
        Optional<Loop> loop = one.task().loop();
        try {
            return loop.isEmpty()
                    ? new OneRound(one).perform(one.scope(), MapValue.EMPTY)
                    : new LoopRun(one, loop.get()).perform();
        } catch (ProblemException e) {
            return new TaskTrouble(one.task()).problem(e);
        } catch (UnknownValueException e) {
            return TaskEnd.undetermined(e.why());
        } catch (OutOfMemoryError _) { // what filled it is gone with the task
            return TaskTrouble.tooMuch();
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e; // the run is being ended
            }
            return TaskTrouble.bug(e);
        }
    }

    /** For {@code include_tasks}, {@code include_role} and {@code meta}, which the host's loop does itself. */
    IncludeChoices.Choices choices() {
        return new IncludeChoices(one).of();
    }

    /** Whether the host goes on after this. */
    boolean ignores(TaskEnd end) {
        return new Conditions(one).ignores(end);
    }

    HostResult shown(TaskEnd end, Turn.Timer timer, boolean ignored, boolean rescued) {
        return new Shown(one).of(end, Optional.empty(), timer.started(), timer.took(), ignored, rescued);
    }
}
