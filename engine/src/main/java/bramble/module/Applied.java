package bramble.module;

import bramble.shell.Answer;
import java.util.List;

/**
 * What came of a plan.
 *
 * @param answers one for each {@link Action.Run} and {@link Action.Write} of the changes, in order; empty in a dry run
 * @param after the state that was read when all was done, or that a dry run predicts; where it can't be known, unknown
 * @param predicted whether this is a dry run
 * @param detailed whether somebody may look at results that take long to work out
 */
public record Applied<S>(List<Change> changes, List<Answer> answers, Maybe<S> after, boolean predicted,
        boolean detailed) {
    public Applied {
        changes = List.copyOf(changes);
        answers = List.copyOf(answers);
    }
}
