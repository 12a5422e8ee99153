package bramble.module;

import java.util.List;

/**
 * One step from the actual state to the desired one: what a person sees, what is done, what will then be true. The shown
 * diff, the applied actions, the record and the prediction all read this one value.
 *
 * @param subject the thing that changes: a path, a user, a package
 */
public record Change(String subject, Diff diff, List<Action> actions, List<Effect> effects) {
    public Change {
        actions = List.copyOf(actions);
        effects = List.copyOf(effects);
    }
}
