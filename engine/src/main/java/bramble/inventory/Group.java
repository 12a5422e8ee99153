package bramble.inventory;

import java.util.List;

/**
 * A group as the inventory sources describe it.
 *
 * @param hosts the names of its own hosts, without those of its children
 * @param children the names of the groups in it
 * @param variables what the inventory sources say about it, not what group_vars give
 * @param depth the longest way down to it from the group all
 * @param priority {@code ansible_group_priority}: among groups of one depth, the higher wins
 */
public record Group(String name, List<String> hosts, List<String> children, Variables variables, int depth,
        int priority) {
    public static final String ALL = "all";
    public static final String UNGROUPED = "ungrouped";
    static final String PRIORITY = "ansible_group_priority";
    static final int USUAL_PRIORITY = 1;

    public Group {
        hosts = List.copyOf(hosts);
        children = List.copyOf(children);
    }
}
