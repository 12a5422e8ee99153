package bramble.inventory;

import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Variables that one file, section, line or part of a playbook gives, and where each stands.
 *
 * @param origin what set them, for people: {@code role defaults}, {@code play vars}; empty for the inventory's
 * @param places by name; a variable that came from nowhere in particular is missing here
 */
public record Variables(String origin, MapValue values, Map<String, Source> places) {
    /** No variables at all. */
    public static final Variables NONE = new Variables(MapValue.EMPTY, Map.of());

    public Variables {
        places = Map.copyOf(places);
    }

    public Variables(MapValue values, Map<String, Source> places) {
        this("", values, places);
    }

    /** The same, set by this. */
    public Variables from(String other) {
        return new Variables(other, values, places);
    }

    /** The variables of a mapping node; a key that is no text is used in its text form. */
    public static Variables of(Node node) {
        MapValue values = NodeValues.variables(node);
        var places = new LinkedHashMap<String, Source>();
        if (node instanceof Node.Fields fields) {
            fields.fields().forEach(field -> places.put(field.name(), field.key().source()));
        }
        return new Variables(named(values), places);
    }

    /** Variables that all come from the same place: a script's output, an {@code add_host} task. */
    public static Variables of(MapValue values, Source source) {
        var places = new LinkedHashMap<String, Source>();
        MapValue named = named(values);
        named.byName().keySet().forEach(name -> places.put(name, source));
        return new Variables(named, places);
    }

    private static MapValue named(MapValue values) {
        return values.entries().keySet().stream().allMatch(Text.class::isInstance)
                ? values
                : MapValue.named(values.byName());
    }

    public boolean isEmpty() {
        return values.entries().isEmpty();
    }

    /** Where a variable stands; {@link Source#NONE} where that is not known. */
    public Source place(String name) {
        return places.getOrDefault(name, Source.NONE);
    }

    public Variables with(String name, Value value, Source source) {
        return with(new Variables(MapValue.of(name, value), Map.of(name, source)));
    }

    /** These with the others on top. */
    public Variables with(Variables others) {
        return with(others, Merging.REPLACE);
    }

    /** These with the others on top; what becomes of mappings under one name is said. */
    Variables with(Variables others, Merging merging) {
        if (others.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return others;
        }
        var all = new LinkedHashMap<>(places);
        others.values.byName().keySet().forEach(all::remove);
        all.putAll(others.places);
        return new Variables(merging.over(others.values, values), all);
    }
}
