package bramble.check;

import bramble.inventory.Variables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What all plays together bring: names that tasks set, and files of hosts and groups. */
final class Sources {
    /** Set when a task is done: by set_fact, register, include_vars, add_host. */
    final Set<String> set = new HashSet<>();
    final List<Variables> inventory = new ArrayList<>();
    /** Why variables can't be judged anywhere; empty if they can. */
    final Set<String> open = new LinkedHashSet<>();
    /** What is missing that may define variables and handlers. */
    final Set<String> lacks = new LinkedHashSet<>();
    /** Whether hosts come into being during the run. */
    boolean newHosts;
}
