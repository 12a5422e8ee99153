package bramble.module;

import bramble.value.MapValue;
import java.util.List;

/** What a module would do. */
public sealed interface Plan {
    /** No changes means that the node is as desired. */
    record Changes(List<Change> changes) implements Plan {
        public Changes {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The desired state can't be reached from the actual one.
     *
     * @param why a whole sentence for the user
     * @param results what the task's result has beside it
     * @param always whether the arguments alone are the reason, so that nothing on the node could mend it
     */
    record Refused(String why, MapValue results, boolean always) implements Plan {
        public Refused(String why, MapValue results) {
            this(why, results, false);
        }

        public Refused(String why) {
            this(why, MapValue.EMPTY);
        }
    }

    /** Nothing is to be done. */
    Plan NOTHING = new Changes(List.of());

    /** The arguments don't go together. */
    static Plan mistake(String why) {
        return new Refused(why, MapValue.EMPTY, true);
    }

    static Plan of(Change... changes) {
        return new Changes(List.of(changes));
    }

    static Plan of(List<Change> changes) {
        return new Changes(changes);
    }
}
