package bramble.template.builtin;

import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The lookup merge_variables of community.general: all variables whose names fit, lists put together, mappings merged, in the
 * order of the names.
 */
@AutoService(Extensions.class)
public final class MergeVariablesLookup implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("merge_variables", MergeVariablesLookup::look);
    }

    private static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        options.only("initial_value", "override", "pattern_type");
        boolean strict = switch (options.text(-1, "override", "error")) {
            case "error" -> true;
            case "ignore", "warn" -> false;
            case String other -> throw new TemplateException(Source.NONE,
                    "merge_variables can't do \"" + other + "\" where two values meet",
                    "Expected error, warn or ignore.");
        };
        var results = new ArrayList<Value>();
        for (Value term : terms) {
            Predicate<String> fits = fits(evaluation.text(term), options.text(-1, "pattern_type", "regex"));
            var merged = new Merged(options.value(-1, "initial_value", None.NONE), strict);
            evaluation.scope().names().stream().filter(fits).sorted()
                    .forEach(name -> merged.add(name, evaluation.resolve(evaluation.scope().get(name))));
            results.add(merged.value);
        }
        return results;
    }

    private static Predicate<String> fits(String pattern, String type) {
        return switch (type) {
            case "prefix" -> name -> name.startsWith(pattern);
            case "suffix" -> name -> name.endsWith(pattern);
            case "regex" -> {
                PythonRegex regex = RegexFilters.reading(() -> PythonRegex.compile(pattern));
                yield name -> regex.search(name).isPresent();
            }
            default -> throw new TemplateException(Source.NONE, "merge_variables has no pattern_type \"" + type + "\"",
                    "Expected prefix, suffix or regex.");
        };
    }

    /** What was merged so far. */
    private static final class Merged {
        private final boolean strict;
        private Value value;

        Merged(Value initial, boolean strict) {
            this.value = initial;
            this.strict = strict;
        }

        void add(String name, Value more) {
            value = value == None.NONE ? more : both(name, value, more);
        }

        private Value both(String name, Value before, Value more) {
            if (before instanceof ListValue first && more instanceof ListValue second) {
                var items = new ArrayList<>(first.items());
                items.addAll(second.items());
                return new ListValue(items);
            }
            if (!(before instanceof MapValue map) || !(more instanceof MapValue other)) {
                throw new TemplateException("merge_variables merges lists with lists and mappings with mappings, but "
                        + name + " is another kind of value than what was merged before it");
            }
            var entries = new LinkedHashMap<>(map.entries());
            other.entries().forEach((key, one) -> entries.merge(key, one, (old, fresh) -> met(name, key, old, fresh)));
            return new MapValue(entries);
        }

        private Value met(String name, Value key, Value old, Value fresh) {
            boolean deep = (old instanceof MapValue && fresh instanceof MapValue)
                    || (old instanceof ListValue && fresh instanceof ListValue);
            if (deep) {
                return both(name, old, fresh);
            }
            if (strict && !old.equals(fresh)) {
                throw new TemplateException(Source.NONE, "The key " + key + " of " + name
                        + " has another value already", "With override=ignore the later one counts.");
            }
            return fresh;
        }
    }
}
