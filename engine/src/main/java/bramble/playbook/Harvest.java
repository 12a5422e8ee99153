package bramble.playbook;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What static imports bring to the whole play: handlers, and roles whose variables everybody sees. */
record Harvest(List<Step> handlers, List<Role> publicRoles, Set<Role.Identity> handled) {
    Harvest() {
        this(new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>());
    }
}
