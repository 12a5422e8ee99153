package bramble.check;

import bramble.playbook.Task;
import java.util.List;
import java.util.Set;

/**
 * A task, in one of the ways that lead to it.
 *
 * @param names what is defined here alone: the items of loops around it
 * @param gates the includes that lead here; each has a condition
 * @param sure whether it is reached unless a condition says otherwise
 */
record Reached(Task task, KnownPlay play, Set<String> names, List<Reached> gates, boolean sure,
        boolean handler) {
    Reached {
        names = Set.copyOf(names);
        gates = List.copyOf(gates);
    }
}
