package bramble.template;

import bramble.problem.Nearest;
import bramble.problem.Source;
import bramble.value.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every filter, test, lookup and global name there is, by its name. */
final class Registry {
    private final Map<String, Filter> filters = new HashMap<>();
    private final Map<String, Test> tests = new HashMap<>();
    private final Map<String, Lookup> lookups = new HashMap<>();
    private final Map<String, Value> globals = new HashMap<>();

    Registry(Iterable<Extensions> families) {
        for (Extensions family : families) {
            filters.putAll(family.filters());
            tests.putAll(family.tests());
            lookups.putAll(family.lookups());
            globals.putAll(family.globals());
        }
    }

    Filter filter(String name) {
        return named("filter", name, filters);
    }

    Test test(String name) {
        return named("test", name, tests);
    }

    Lookup lookup(String name) {
        return named("lookup", name, lookups);
    }

    Optional<Value> global(String name) {
        return Optional.ofNullable(globals.get(name));
    }

    boolean hasFilter(String name) {
        return filters.containsKey(plain(name));
    }

    boolean hasTest(String name) {
        return tests.containsKey(plain(name));
    }

    boolean hasLookup(String name) {
        return lookups.containsKey(plain(name));
    }

    Set<String> names(Mention.Kind kind) {
        return switch (kind) {
            case FILTER -> filters.keySet();
            case TEST -> tests.keySet();
            case LOOKUP -> lookups.keySet();
            case VARIABLE, GUARDED, HOST, GROUP, PATTERN, SET, DOCUMENT -> globals.keySet();
        };
    }

    private static <T> T named(String kind, String name, Map<String, T> all) {
        T exact = all.get(name);
        if (exact != null) {
            return exact;
        }
        T found = all.get(plain(name));
        if (found == null) {
            throw new TemplateException(Source.NONE, "No " + kind + " named '" + name + "'.",
                    Nearest.hint(plain(name), all.keySet()));
        }
        return found;
    }

    /** The name without its collection. */
    private static String plain(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
