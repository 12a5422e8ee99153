package bramble.inventory;

import java.nio.file.Path;
import java.util.List;

/** Gives variables of hosts and groups by programs that the user brings: vars plugins. */
@FunctionalInterface
public interface VariablePlugins {
    /** There are none. */
    VariablePlugins NONE = (_, _, _) -> List.of();

    /**
     * What they say about a group or a host, the weakest first.
     *
     * @param folder the inventory's, or the playbook's
     */
    List<Variables> of(Path folder, boolean group, String owner);
}
