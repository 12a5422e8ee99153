package bramble.run;

import bramble.module.Action;
import bramble.module.Change;
import java.util.List;
import java.util.Optional;

/**
 * When items of a loop that follow each other write one file, only the last of them does so: what those before it would leave
 * there is gone in the same moment. A backup or a validation counts each of them.
 */
final class Rewrites {
    private Rewrites() {}

    /** Whether the changes write one file and nothing else. */
    static boolean mayBeSpared(List<Change> changes) {
        return changes.size() == 1 && changes.getFirst().actions().size() == 1 && first(changes).isPresent();
    }

    /** Whether the changes, which {@linkplain #mayBeSpared may be spared}, begin anew in the next ones. */
    static boolean spared(List<Change> changes, List<Change> next) {
        Action.Write write = first(changes).orElseThrow();
        return first(next).filter(after -> after.path().equals(write.path())
                && after.attributes().equals(write.attributes())).isPresent();
    }

    /** The action in place of one before it that was spared, and may have been so itself: what it replaces is what that one found. */
    static Action.Write instead(Action.Write action, Action.Write spared) {
        return new Action.Write(action.path(), action.content(), action.attributes(), action.validate(),
                action.backup(), spared.still());
    }

    /** The write that the changes begin with, if there is nothing to it but the file that it leaves. */
    static Optional<Action.Write> first(List<Change> changes) {
        return changes.stream().flatMap(change -> change.actions().stream()).findFirst()
                .filter(Action.Write.class::isInstance).map(Action.Write.class::cast)
                .filter(write -> write.validate().isEmpty() && !write.backup() && !write.attributes().inPlace()
                        && write.still().isPresent());
    }
}
