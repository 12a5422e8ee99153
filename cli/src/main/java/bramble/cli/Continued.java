package bramble.cli;

import bramble.event.TaskInfo;
import bramble.problem.Problem;
import bramble.record.History;
import bramble.record.Seal;
import bramble.run.Resumption;
import bramble.value.MapValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A recorded run to be continued: each host goes on at its own task; what was edited since is done again. */
final class Continued implements Resumption {
    /** A condition is looked at anew: what it depends on may have been edited. */
    private static final Set<String> THROUGH = Set.of("OK", "CHANGED");

    private final Map<String, History.Entry> done = new HashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Seal seal;
    private final Consumer<Problem> edited;

    /**
     * @param entries in the order in which they were made; of one task on one host, the last counts
     * @param edited is told once of each task that was edited since
     */
    Continued(List<History.Entry> entries, Seal seal, Consumer<Problem> edited) {
        this.seal = seal;
        this.edited = edited;
        for (History.Entry entry : entries) {
            String place = entry.position() + " " + entry.host();
            if (entry.item().isEmpty()) {
                if (THROUGH.contains(entry.outcome()) || entry.ignored()) {
                    done.put(place, entry);
                } else {
                    done.remove(place);
                }
            }
        }
    }

    /** Nothing was done before. */
    static Continued nothing(Seal seal) {
        return new Continued(List.of(), seal, _ -> {});
    }

    @Override
    public boolean nothing() {
        return done.isEmpty();
    }

    @Override
    public Optional<MapValue> done(TaskInfo task, String host) {
        History.Entry entry = done.get(task.position() + " " + host);
        if (entry == null) {
            return Optional.empty();
        }
        boolean same = entry.task().equals(task.name()) && entry.module().equals(task.module());
        if (same && (entry.seal().isEmpty() || entry.seal().equals(task.seal()))) {
            return Optional.of(entry.result());
        }
        if (told.add(task.position())) {
            edited.accept(Problem.warning(task.source(), same
                    ? "The task \"" + task.name() + "\", or a variable or file that it uses, was edited since the run "
                            + entry.run() + ", or the host is another machine now: it is played again."
                    : "The task \"" + task.name() + "\" stands where \"" + entry.task() + "\" stood in the run "
                            + entry.run() + ": it is played.",
                    ""));
        }
        return Optional.empty();
    }

    @Override
    public String seal(String text) {
        return seal.of(text);
    }
}
