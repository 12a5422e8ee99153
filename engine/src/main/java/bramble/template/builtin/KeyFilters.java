package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Filters of the collection ansible.utils for the keys and paths of nested data. */
@AutoService(Extensions.class)
public final class KeyFilters implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("keep_keys", (input, arguments, at) -> kept(input, anyOf(arguments, at)).orElse(input)),
                entry("remove_keys", (input, arguments, at) -> removed(input, anyOf(arguments, at))),
                entry("community.general.keep_keys", (input, arguments, at) -> ofEach(input, arguments, at, true)),
                entry("community.general.remove_keys", (input, arguments, at) -> ofEach(input, arguments, at, false)),
                entry("community.general.replace_keys", KeyFilters::renameEach),
                entry("replace_keys", KeyFilters::replace),
                entry("to_paths", KeyFilters::paths),
                entry("get_path", KeyFilters::path),
                entry("index_of", KeyFilters::indexOf));
    }

    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("to_paths", ofFirst("to_paths")),
                entry("get_path", ofFirst("get_path")),
                entry("index_of", ofFirst("index_of")));
    }

    /** A lookup that does what a filter does: its first term is what the filter is given. */
    private static Lookup ofFirst(String filter) {
        return (terms, options, evaluation) -> {
            var rest = new LinkedHashMap<>(options.named());
            Value named = rest.remove(filter.equals("index_of") ? "data" : "var");
            if (named == null && terms.isEmpty()) {
                throw new TemplateException("missing required argument '"
                        + (filter.equals("index_of") ? "data" : "var") + "'");
            }
            Value input = named == null ? terms.getFirst() : named;
            return List.of(evaluation.filter(filter, input,
                    new Arguments(named == null ? terms.subList(1, terms.size()) : terms, rest)));
        };
    }

    /** The filters of community.general look at the mappings of a list, not deeper. */
    private static List<MapValue> mappings(Value input, Evaluation evaluation) {
        return evaluation.items(input).stream().map(item -> {
            if (item instanceof MapValue map) {
                return map;
            }
            throw new TemplateException("the items have to be mappings, but one is " + evaluation.text(item));
        }).toList();
    }

    private static Value ofEach(Value input, Arguments arguments, Evaluation evaluation, boolean keep) {
        arguments.only("target", "matching_parameter");
        Predicate<String> named = anyOf(arguments, evaluation);
        return new ListValue(mappings(input, evaluation).stream().<Value>map(map -> {
            var entries = new LinkedHashMap<Value, Value>(map.entries());
            entries.keySet().removeIf(key -> named.test(PythonText.of(key)) != keep);
            return new MapValue(entries);
        }).toList());
    }

    private static Value renameEach(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("target", "matching_parameter");
        List<Value> targets = evaluation.items(arguments.value(0, "target"));
        String how = arguments.text(1, "matching_parameter", "equal");
        return new ListValue(mappings(input, evaluation).stream().<Value>map(map -> {
            var entries = new LinkedHashMap<Value, Value>();
            map.entries().forEach((key, value) -> entries.put(name(key, targets, how, evaluation), value));
            return new MapValue(entries);
        }).toList());
    }

    private static Predicate<String> anyOf(Arguments arguments, Evaluation evaluation) {
        String how = arguments.text(1, "matching_parameter", "equality");
        Predicate<String> any = _ -> false;
        Value targets = arguments.value(0, "target");
        for (Value target : targets instanceof Text ? List.of(targets) : evaluation.items(targets)) {
            any = any.or(matching(how, evaluation.text(target)));
        }
        return any;
    }

    private static Predicate<String> matching(String how, String target) {
        return switch (how) {
            case "equality", "equal" -> target::equals;
            case "starts_with" -> key -> key.startsWith(target);
            case "ends_with" -> key -> key.endsWith(target);
            case "regex" -> {
                PythonRegex regex = RegexFilters.reading(() -> PythonRegex.compile(target));
                yield key -> RegexFilters.reading(() -> regex.match(key)).isPresent();
            }
            default -> throw new TemplateException(
                    "matching_parameter must be equality, starts_with, ends_with or regex, not " + how);
        };
    }

    /** What is left of a value when only the wanted keys stay; nothing, if nothing is. */
    private static Optional<Value> kept(Value value, Predicate<String> wanted) {
        return switch (value) {
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, item) -> {
                    boolean inner = item instanceof MapValue || item instanceof ListValue;
                    Optional<Value> left = inner
                            ? kept(item, wanted)
                            : wanted.test(PythonText.of(key)) ? Optional.of(item) : Optional.empty();
                    left.filter(part -> !(part instanceof MapValue rest) || !rest.entries().isEmpty())
                            .ifPresent(part -> entries.put(key, part));
                });
                yield Optional.of(new MapValue(entries));
            }
            case ListValue list -> {
                List<Value> items = list.items().stream().flatMap(item -> kept(item, wanted).stream()).toList();
                yield items.isEmpty() ? Optional.empty() : Optional.of(new ListValue(items));
            }
            default -> Optional.empty();
        };
    }

    private static Value removed(Value value, Predicate<String> unwanted) {
        return switch (value) {
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, item) -> {
                    if (!unwanted.test(PythonText.of(key))) {
                        entries.put(key, removed(item, unwanted));
                    }
                });
                yield new MapValue(entries);
            }
            case ListValue list -> new ListValue(list.items().stream().map(item -> removed(item, unwanted)).toList());
            default -> value;
        };
    }

    private static Value replace(Value input, Arguments arguments, Evaluation evaluation) {
        String how = arguments.text(1, "matching_parameter", "equality");
        return renamed(input, evaluation.items(arguments.value(0, "target")), how, evaluation);
    }

    private static Value renamed(Value value, List<Value> targets, String how, Evaluation evaluation) {
        return switch (value) {
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, item) -> entries.put(name(key, targets, how, evaluation),
                        renamed(item, targets, how, evaluation)));
                yield new MapValue(entries);
            }
            case ListValue list ->
                new ListValue(list.items().stream().map(item -> renamed(item, targets, how, evaluation)).toList());
            default -> value;
        };
    }

    private static Value name(Value key, List<Value> targets, String how, Evaluation evaluation) {
        for (Value target : targets) {
            Value before = evaluation.item(target, new Text("before"));
            if (matching(how, evaluation.text(before)).test(PythonText.of(key))) {
                return evaluation.item(target, new Text("after"));
            }
        }
        return key;
    }

    private static Value paths(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("prepend", "wantlist");
        var paths = new LinkedHashMap<String, Value>();
        paths(input, arguments.text(0, "prepend", ""), paths);
        MapValue all = MapValue.named(paths);
        return arguments.bool(1, "wantlist", false) ? ListValue.of(all) : all;
    }

    private static void paths(Value value, String prefix, Map<String, Value> into) {
        switch (value) {
            case MapValue map when !map.entries().isEmpty() -> map.entries().forEach((key, item) -> {
                String name = PythonText.of(key);
                boolean plain = name.matches("[a-zA-Z_]\\w*") && key instanceof Text;
                String part = plain ? (prefix.isEmpty() ? "" : ".") + name : "[" + PythonText.repr(key) + "]";
                paths(item, prefix.isEmpty() && !plain ? name : prefix + part, into);
            });
            case ListValue list when !list.items().isEmpty() -> {
                for (int i = 0; i < list.items().size(); i++) {
                    paths(list.items().get(i), prefix + "[" + i + "]", into);
                }
            }
            default -> into.put(prefix, value);
        }
    }

    private static Value path(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("path", "wantlist");
        var scope = new FileLookups.Overlaid(evaluation.scope(), Map.of("vars_of_get_path", input));
        String path = arguments.text(0, "path");
        Value found = evaluation.templates().expression("vars_of_get_path" + (path.startsWith("[") ? "" : ".") + path,
                evaluation.source(), scope);
        return arguments.bool(1, "wantlist", false) && !(found instanceof ListValue) ? ListValue.of(found) : found;
    }

    /** The places of the items, or of their values of a key, for which a test holds. */
    private static Value indexOf(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("test", "value", "key", "fail_on_missing", "wantlist");
        String test = arguments.text(0, "test");
        Optional<Value> operand = arguments.optional(1, "value").filter(value -> value != None.NONE);
        Optional<Value> key = arguments.optional(2, "key").filter(value -> value != None.NONE);
        List<Value> items = input instanceof TupleValue(List<Value> parts) ? parts : evaluation.items(input);
        var places = new ArrayList<Value>();
        for (int i = 0; i < items.size(); i++) {
            Value item = items.get(i);
            Value tested = key.map(name -> evaluation.item(item, name)).orElse(item);
            if (evaluation.test(test, tested, operand.map(Arguments::of).orElse(Arguments.NONE))) {
                places.add(Int.of(i));
            }
        }
        return places.size() == 1 && !arguments.bool(4, "wantlist", false) ? places.getFirst() : new ListValue(places);
    }
}
