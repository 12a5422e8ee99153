package bramble.modules.packages;

import bramble.module.Fact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import java.util.List;
import java.util.Optional;

/**
 * The steps that dnf took last; only effects speak of it, and what is known of packages follows from it.
 *
 * @param root the tree that they were taken in, if it isn't the node's own
 */
record DnfDone(Optional<String> root) implements Fact<DnfDone.Done> {
    /** What was asked for in its own words, of which it is true now that it is there, or that it isn't, and the steps. */
    record Done(List<String> asked, boolean there, List<DnfStep> steps) {
        Done {
            asked = List.copyOf(asked);
            steps = List.copyOf(steps);
        }
    }

    @Override
    public Sh script() {
        return Sh.raw(":");
    }

    @Override
    public Done parse(Answer answer) {
        return new Done(List.of(), false, List.of());
    }
}
