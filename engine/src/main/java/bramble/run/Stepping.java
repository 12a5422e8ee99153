package bramble.run;

import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code --step}: asks before each task, once for all hosts, whether it is to be done. */
final class Stepping {
    private final Terminal terminal;
    private final boolean asks;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, Boolean> answers = new ConcurrentHashMap<>();

    /** @param asks whether it is asked at all */
    Stepping(Terminal terminal, boolean asks) {
        this.terminal = terminal;
        this.asks = asks;
    }

    /**
     * Whether the task is to be done; for a {@code meta} task nobody is asked.
     *
     * @throws ProblemException if nobody can answer
     */
    boolean takes(TaskInfo task) {
        return !asks || task.module().equals("meta")
                || answers.computeIfAbsent(task.position(), _ -> over.get() || yes(task));
    }

    private boolean yes(TaskInfo task) {
        String answer = terminal.ask("Perform task: TASK: " + task.name() + " (N)o/(y)es/(c)ontinue: ", true)
                .orElseThrow(() -> new ProblemException(Problem.error(task.source(),
                        "Tried to ask whether to do the task " + task.name() + ", but standard input ended.",
                        "--step asks before each task: call it at a terminal, or leave it out.")))
                .strip().toLowerCase(Locale.ROOT);
        boolean rest = answer.equals("c") || answer.equals("continue");
        over.compareAndSet(false, rest);
        return rest || answer.equals("y") || answer.equals("yes");
    }
}
