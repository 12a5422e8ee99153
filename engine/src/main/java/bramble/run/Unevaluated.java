package bramble.run;

import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A host's variables for Python: those that hold templates go as they are written, and are evaluated there where they are
 * used; the others are data alone, and stay so.
 */
record Unevaluated(Map<String, Value> data, Map<String, Value> templates) {
    private static final Set<String> LEFT_OUT = Set.of("hostvars", "vars", "omit", "environment");

    static Unevaluated of(Scope scope) {
        var all = new Unevaluated(new LinkedHashMap<>(), new LinkedHashMap<>());
        all.add(scope, "");
        return all;
    }

    /** Adds those whose names begin so. */
    void add(Scope scope, String start) {
        for (String name : scope.names()) {
            if (LEFT_OUT.contains(name) || !name.startsWith(start)) {
                continue;
            }
            try {
                Value value = scope.get(name);
                if (value.plain()) {
                    templates.remove(name);
                    data.put(name, value);
                } else {
                    written(value).ifPresent(text -> {
                        data.remove(name);
                        templates.put(name, text);
                    });
                }
            } catch (ProblemException | UnknownValueException e) {
                // a variable that can't be told matters only where it is used
            }
        }
    }

    MapValue in(MapValue request) {
        return request.with("variables", MapValue.named(data)).with("templates", MapValue.named(templates));
    }

    /** The text of a template, or what holds it; empty where it holds text that only looks like one, or something else. */
    private static Optional<Value> written(Value value) {
        return switch (value) {
            case Template(String text, _) -> Optional.of(new Text(text));
            case Text(String text) when Template.marked(text) -> Optional.empty();
            case ListValue list -> {
                List<Optional<Value>> items = list.items().stream().map(Unevaluated::written).toList();
                yield items.stream().allMatch(Optional::isPresent)
                        ? Optional.of(new ListValue(items.stream().map(Optional::get).toList()))
                        : Optional.empty();
            }
            case MapValue map when !map.isView() -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> written(one).ifPresent(text -> entries.put(key, text)));
                yield entries.size() == map.entries().size() ? Optional.of(new MapValue(entries)) : Optional.empty();
            }
            default -> value.plain() ? Optional.of(value) : Optional.empty();
        };
    }
}
