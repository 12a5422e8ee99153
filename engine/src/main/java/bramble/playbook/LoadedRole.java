package bramble.playbook;

import java.util.List;

/**
 * A role that a task brings in at run time.
 *
 * @param handlers the handlers of the role and its dependencies
 */
public record LoadedRole(Role role, Block block, List<Step> handlers) {
    public LoadedRole {
        handlers = List.copyOf(handlers);
    }
}
