package bramble.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A module that can tell by its arguments alone what can't be right, on one host or of several together: it is asked before any
 * node is touched.
 *
 * @param <A> its arguments
 */
public interface Forechecked<A extends Record> {
    /** The variable that has a host's own address. */
    String ADDRESS = "ansible_host";

    /**
     * What is wrong with what these hosts are told.
     *
     * @param what a sentence without a full stop
     * @param argument the one that it is in, however deep, or {@link #ADDRESS}, where the module has to say: it is found out otherwise
     */
    record Finding(List<String> hosts, String what, Optional<String> argument) {
        public Finding(List<String> hosts, String what) {
            this(hosts, what, Optional.empty());
        }
    }

    /** All that is wrong; what hosts get in one task, as far as it is known beforehand. */
    List<Finding> findings(Map<String, A> byHost);

    /**
     * The same, for a module that compares with the hosts' own addresses.
     *
     * @param addresses those by which these hosts are reached, as far as they are known
     */
    default List<Finding> findings(Map<String, A> byHost, Map<String, String> addresses) {
        return findings(byHost);
    }

    /**
     * What is wrong whatever the arguments are that aren't known beforehand, on hosts of which some aren't: these lack here.
     */
    default List<Finding> certain(Map<String, A> byHost) {
        return List.of();
    }

    /** What is wrong with each host by itself, once for all hosts for which it is the same. */
    static <A> List<Finding> each(Map<String, A> byHost, Function<A, List<String>> mistakes) {
        var hosts = new LinkedHashMap<String, List<String>>();
        byHost.forEach((host, arguments) -> mistakes.apply(arguments)
                .forEach(what -> hosts.computeIfAbsent(what, _ -> new ArrayList<>()).add(host)));
        return hosts.entrySet().stream().map(one -> new Finding(one.getValue(), one.getKey())).toList();
    }
}
