package bramble.playbook;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of the modules that tasks may use. */
public interface Actions {
    /**
     * The module's own name, {@code copy} for {@code ansible.builtin.copy}; empty if there is none.
     *
     * @param written the name as the user wrote it
     * @param collections where a name without a collection is looked for before {@code ansible.builtin}
     */
    Optional<String> resolve(String written, List<String> collections);

    /** Whether free text may stand behind the module's name. */
    boolean freeForm(String name);

    /** The names of the module's arguments, as far as they are known. */
    default Set<String> arguments(String name) {
        return Set.of();
    }

    /** All names, for "did you mean". */
    Set<String> names();
}
