package bramble.template.builtin;

import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The lookup {@code inventory_hostnames}: the hosts of a pattern, from the variable {@code groups}. */
@AutoService(Extensions.class)
public final class HostLookup implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("inventory_hostnames", HostLookup::look);
    }

    private static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        var groups = new LinkedHashMap<String, Set<String>>();
        if (evaluation.resolve(evaluation.scope().get("groups")) instanceof MapValue map) {
            map.byName().forEach((name, hosts) -> groups.put(name,
                    new LinkedHashSet<>(Python.items(hosts).stream().map(evaluation::text).toList())));
        }
        String pattern = terms.stream().map(evaluation::text).collect(Collectors.joining(",")); // one, of all terms
        return hosts(pattern, groups).stream().<Value>map(Text::new).toList();
    }

    /** Parts are joined first, then intersected ({@code &}), then taken away ({@code !}), wherever they stand. */
    private static Set<String> hosts(String pattern, Map<String, Set<String>> groups) {
        List<String> parts = List.of(pattern.split("[:,]", -1)).stream().map(String::strip)
                .filter(part -> !part.isEmpty()).toList();
        var hosts = new LinkedHashSet<String>();
        parts.stream().filter(part -> !part.startsWith("&") && !part.startsWith("!"))
                .forEach(part -> hosts.addAll(named(part, groups)));
        parts.stream().filter(part -> part.startsWith("&"))
                .forEach(part -> hosts.retainAll(named(part.substring(1), groups)));
        parts.stream().filter(part -> part.startsWith("!"))
                .forEach(part -> hosts.removeAll(named(part.substring(1), groups)));
        return hosts;
    }

    private static Set<String> named(String part, Map<String, Set<String>> groups) {
        Predicate<String> matches = part.startsWith("~")
                ? name -> RegexFilters.reading(() -> PythonRegex.compile(part.substring(1)).match(name)).isPresent()
                : Pattern.compile(Globs.regex(part)).asMatchPredicate();
        var hosts = new LinkedHashSet<String>();
        groups.forEach((name, members) -> {
            if (matches.test(name)) {
                hosts.addAll(members);
            }
        });
        groups.getOrDefault("all", Set.of()).stream().filter(matches).forEach(hosts::add);
        return hosts;
    }
}
