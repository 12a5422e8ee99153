package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lookup {@code dependent} of community.general: loops inside of loops, where the values of an inner one may come from an
 * expression that uses {@code item} of the outer ones.
 */
@AutoService(Extensions.class)
public final class DependentLookup implements Extensions {
    private static final int MOST = 100_000;

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("dependent", DependentLookup::look);
    }

    /** A loop: its name, and its values, or the expression that gives them. */
    private record Level(String name, Value values) {}

    private static List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation) {
        var levels = new ArrayList<Level>();
        for (Value term : terms) {
            if (!(term instanceof MapValue map) || map.entries().size() != 1) {
                throw new TemplateException("each term of dependent is a mapping of one name to its values, not "
                        + evaluation.text(term));
            }
            map.byName().forEach((name, values) -> {
                if (levels.stream().anyMatch(level -> level.name().equals(name))) {
                    throw new TemplateException("the name " + name + " is there twice");
                }
                levels.add(new Level(name, values));
            });
        }
        var rows = new ArrayList<Value>();
        if (!levels.isEmpty()) {
            down(levels, new LinkedHashMap<>(), evaluation, rows);
        }
        return rows;
    }

    private static void down(List<Level> levels, Map<String, Value> chosen, Evaluation evaluation, List<Value> rows) {
        if (chosen.size() == levels.size()) {
            if (rows.size() == MOST) {
                throw new TemplateException("dependent would give more than " + MOST + " items");
            }
            rows.add(MapValue.named(chosen));
            return;
        }
        Level level = levels.get(chosen.size());
        for (Value value : values(level, chosen, evaluation)) {
            chosen.put(level.name(), value);
            down(levels, chosen, evaluation, rows);
            chosen.remove(level.name());
        }
    }

    private static List<Value> values(Level level, Map<String, Value> chosen, Evaluation evaluation) {
        Value values = level.values();
        if (values instanceof Text(String expression)) {
            values = evaluation.templates().expression(expression, evaluation.source(),
                    new FileLookups.Overlaid(evaluation.scope(), Map.of("item", MapValue.named(chosen))));
        }
        return switch (values) {
            case ListValue list -> list.items();
            case TupleValue(List<Value> items) -> items;
            case MapValue map -> map.entries().entrySet().stream()
                    .<Value>map(entry -> MapValue.of("key", entry.getKey(), "value", entry.getValue())).toList();
            default -> throw new TemplateException("the values of " + level.name()
                    + " have to be a list or a mapping, but they are a " + Python.type(values));
        };
    }
}
