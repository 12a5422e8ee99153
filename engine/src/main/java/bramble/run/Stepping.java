package bramble.run;

import bramble.playbook.Task;
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
     * Whether the task is to be done.
     *
     * @param position of the task, by which it is known again when the next host comes to it
     * @throws ProblemException if nobody can answer
     */
    boolean takes(Task task, Position position, String name) {
        return !asks || answers.computeIfAbsent(position.toString(), _ -> over.get() || yes(task, name));
    }

    private boolean yes(Task task, String name) {
        String answer = terminal.ask("Perform task: TASK: " + name + " (N)o/(y)es/(c)ontinue: ", true)
                .orElseThrow(() -> new ProblemException(Problem.error(task.source(),
                        "Tried to ask whether to do the task " + name + ", but standard input ended.",
                        "--step asks before each task: call it at a terminal, or leave it out.")))
                .strip().toLowerCase(Locale.ROOT);
        boolean rest = answer.equals("c") || answer.equals("continue");
        over.compareAndSet(false, rest);
        return rest || answer.equals("y") || answer.equals("yes");
    }
}
