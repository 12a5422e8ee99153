package bramble.module;

import java.util.List;
import java.util.Optional;

/**
 * One step from the actual state to the desired one: what a person sees, what is done, what will then be true. The shown
 * diff, the applied actions, the record and the prediction all read this one value.
 *
 * @param subject the thing that changes: a path, a user, a package
 * @param refusal why it will fail, in the words of the real run, as far as that can be seen beforehand: a folder that may not
 *     be written. A dry run ends with it, a real run tries all the same
 */
public record Change(String subject, Diff diff, List<Action> actions, List<Effect> effects,
        Optional<String> refusal) {
    public Change(String subject, Diff diff, List<Action> actions, List<Effect> effects) {
        this(subject, diff, actions, effects, Optional.empty());
    }

    public Change {
        actions = List.copyOf(actions);
        effects = List.copyOf(effects);
    }

    /** The same change, of which it is known beforehand that the node refuses it. */
    public Change refused(String why) {
        return new Change(subject, diff, actions, effects, Optional.of(why));
    }
}
