package bramble.run;

import bramble.playbook.Task;
import bramble.template.Scope;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * What {@code set_fact} takes of another host's variable whose template that host alone can't evaluate: the template, to be
 * evaluated where the new variable is used. If an item of a lookup named the variable, it stays text: what lookups give is
 * never evaluated.
 */
record AsWritten(Templates templates, Task task) {
    /** The value with such templates in it; empty where something else is undefined, too. */
    Optional<Value> of(Value given, Scope at) {
        Value value = kept(templates.settle(given, at), given instanceof Template template && namedByLookup(template));
        return undefined(value) ? Optional.empty() : Optional.of(value);
    }

    private boolean namedByLookup(Template template) {
        return task.loop().filter(loop -> loop.lookup().isPresent())
                .filter(loop -> templates.mentions(template).stream()
                        .anyMatch(mention -> mention.name().equals(loop.control().variable())))
                .isPresent();
    }

    /** The texts of such templates in a value of {@link Templates#resolveKnown}, as they are written. */
    static Value texts(Value value) {
        return kept(value, true);
    }

    private static Value kept(Value value, boolean asText) {
        return switch (value) {
            case Undefined(_, _, _, Optional<Template> written) when written.isPresent() ->
                asText ? new Text(written.get().text()) : written.get();
            case ListValue list -> new ListValue(list.items().stream().map(item -> kept(item, asText)).toList());
            case TupleValue tuple -> new ListValue(tuple.items().stream().map(item -> kept(item, asText)).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, item) -> entries.put(key, kept(item, asText)));
                yield new MapValue(entries);
            }
            default -> value;
        };
    }

    private static boolean undefined(Value value) {
        return switch (value) {
            case Undefined _ -> true;
            case ListValue list -> list.items().stream().anyMatch(AsWritten::undefined);
            case MapValue map -> map.entries().values().stream().anyMatch(AsWritten::undefined);
            default -> false;
        };
    }
}
