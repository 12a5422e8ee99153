package bramble.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A module that can tell by its arguments alone what can't be right, on one host or of several together: it is asked before any
 * node is touched.
 *
 * @param <A> its arguments
 */
public interface Forechecked<A extends Record> {
    /** What is wrong, as a sentence without a full stop, with what these hosts are told. */
    record Finding(List<String> hosts, String what) {}

    /** All that is wrong; what hosts get in one task, as far as it is known beforehand. */
    List<Finding> findings(Map<String, A> byHost);

    /** What is wrong with each host by itself, once for all hosts for which it is the same. */
    static <A> List<Finding> each(Map<String, A> byHost, Function<A, List<String>> mistakes) {
        var hosts = new LinkedHashMap<String, List<String>>();
        byHost.forEach((host, arguments) -> mistakes.apply(arguments)
                .forEach(what -> hosts.computeIfAbsent(what, _ -> new ArrayList<>()).add(host)));
        return hosts.entrySet().stream().map(one -> new Finding(one.getValue(), one.getKey())).toList();
    }
}
