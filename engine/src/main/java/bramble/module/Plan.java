package bramble.module;

import java.util.List;

/** What a module would do. */
public sealed interface Plan {
    /** No changes means that the node is as desired. */
    record Changes(List<Change> changes) implements Plan {
        public Changes {
            changes = List.copyOf(changes);
        }
    }

    /** The desired state can't be reached from the actual one; {@code why} is a whole sentence for the user. */
    record Refused(String why) implements Plan {}

    /** Nothing is to be done. */
    Plan NOTHING = new Changes(List.of());

    static Plan of(Change... changes) {
        return new Changes(List.of(changes));
    }

    static Plan of(List<Change> changes) {
        return new Changes(changes);
    }
}
