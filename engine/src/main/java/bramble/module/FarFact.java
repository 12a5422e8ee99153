package bramble.module;

import bramble.shell.Answer;
import bramble.shell.Sh;

/**
 * A question about something beyond the node, a server in its network say, that no action on the node changes. It is asked
 * once, before anything is done; in the reading that follows the actions it keeps its answer, or is unknown if it had none.
 */
public interface FarFact<V> extends Fact<V> {
    /** Finds out. What fails is an answer as well. */
    V look(Beyond beyond);

    @Override
    default Sh script() {
        return Sh.raw(":");
    }

    @Override
    default V parse(Answer answer) {
        throw new IllegalStateException("no script answers this");
    }
}
