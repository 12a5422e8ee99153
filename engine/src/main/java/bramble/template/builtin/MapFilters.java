package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Filters that take or give mappings. */
@AutoService(Extensions.class)
public final class MapFilters implements Extensions {
    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("combine", MapFilters::combine),
                entry("dict2items", MapFilters::toItems),
                entry("items2dict", MapFilters::fromItems),
                entry("items", MapFilters::items),
                entry("dictsort", MapFilters::sort),
                entry("subelements", MapFilters::subelements),
                entry("extract", Filter.takingUndefined(MapFilters::extract)),
                entry("rekey_on_member", MapFilters::rekey));
    }

    private static Value combine(Value input, Arguments arguments, Evaluation evaluation) {
        for (String name : arguments.named().keySet()) {
            if (!name.equals("recursive") && !name.equals("list_merge")) {
                throw new TemplateException("'recursive' and 'list_merge' are the only valid keyword arguments");
            }
        }
        boolean recursive = arguments.bool(-1, "recursive", false);
        ListMerge lists = ListMerge.of(arguments.text(-1, "list_merge", "replace"));
        var parts = new ArrayList<Value>();
        parts.add(input);
        parts.addAll(arguments.positional());
        var flat = new ArrayList<Value>();
        ListFilters.flatten(parts, 1, true, flat);
        MapValue merged = MapValue.EMPTY;
        for (Value part : flat) {
            merged = merge(merged, mapping(part, "failed to combine variables, expected dicts but got a"), recursive,
                    lists);
        }
        return merged;
    }

    private static MapValue mapping(Value value, String complaint) {
        if (value instanceof MapValue map) {
            return map;
        }
        Python.truth(value); // an undefined or unknown one says so
        throw new TemplateException(complaint + " '" + Python.type(value) + "'");
    }

    /** What happens to a list on both sides. */
    private enum ListMerge {
        REPLACE,
        KEEP,
        APPEND,
        PREPEND,
        APPEND_RP,
        PREPEND_RP;

        static ListMerge of(String name) {
            for (ListMerge merge : values()) {
                if (merge.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return merge;
                }
            }
            throw new TemplateException(
                    "'list_merge' argument can only be equal to 'replace', 'keep', 'append', 'prepend',"
                            + " 'append_rp' or 'prepend_rp'");
        }

        ListValue of(ListValue low, ListValue high) {
            return switch (this) {
                case REPLACE -> high;
                case KEEP -> low;
                case APPEND -> join(low.items(), high.items());
                case PREPEND -> join(high.items(), low.items());
                case APPEND_RP -> join(without(low, high), high.items());
                case PREPEND_RP -> join(high.items(), without(low, high));
            };
        }

        private static ListValue join(List<Value> first, List<Value> second) {
            var all = new ArrayList<Value>(first);
            all.addAll(second);
            return new ListValue(all);
        }

        private static List<Value> without(ListValue list, ListValue removed) {
            return list.items().stream().filter(item -> !Python.contains(removed, item)).toList();
        }
    }

    private static MapValue merge(MapValue low, MapValue high, boolean recursive, ListMerge lists) {
        var merged = new LinkedHashMap<Value, Value>(low.entries());
        high.entries().forEach((key, value) -> merged.merge(key, value, (old, fresh) -> {
            if (recursive && old instanceof MapValue before && fresh instanceof MapValue after) {
                return merge(before, after, true, lists);
            }
            return old instanceof ListValue before && fresh instanceof ListValue after
                    ? lists.of(before, after)
                    : fresh;
        }));
        return new MapValue(merged);
    }

    private static Value toItems(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("key_name", "value_name");
        Value keyName = arguments.value(0, "key_name", new Text("key"));
        Value valueName = arguments.value(1, "value_name", new Text("value"));
        var items = new ArrayList<Value>();
        MapValue map = mapping(input, "dict2items requires a dictionary, got");
        map.entries().forEach((key, value) -> {
            var item = new LinkedHashMap<Value, Value>();
            item.put(keyName, key);
            item.put(valueName, value);
            items.add(new MapValue(item));
        });
        return new ListValue(items);
    }

    private static Value fromItems(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("key_name", "value_name");
        String keyName = arguments.text(0, "key_name", "key");
        String valueName = arguments.text(1, "value_name", "value");
        if (!(input instanceof ListValue || input instanceof TupleValue)) {
            throw new TemplateException("items2dict requires a list, got '" + Python.type(input) + "' instead");
        }
        var entries = new LinkedHashMap<Value, Value>();
        for (Value item : Python.items(input)) {
            MapValue map = mapping(item, "items2dict requires a list of dictionaries, got a");
            entries.put(entryOf(map, keyName, valueName, keyName), entryOf(map, keyName, valueName, valueName));
        }
        return new MapValue(entries);
    }

    private static Value entryOf(MapValue map, String keyName, String valueName, String wanted) {
        return map.get(wanted).orElseThrow(() -> new TemplateException(
                "items2dict requires each dictionary in the list to contain the keys '" + keyName + "' and '"
                        + valueName
                        + "', got " + PythonText.repr(map) + " instead"));
    }

    private static Value items(Value input, Arguments arguments, Evaluation evaluation) {
        var pairs = new ArrayList<Value>();
        mapping(input, "Can only get item pairs from a mapping, got").entries()
                .forEach((key, value) -> pairs.add(TupleValue.of(key, value)));
        return new ListValue(pairs);
    }

    private static Value sort(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("case_sensitive", "by", "reverse");
        boolean exact = arguments.bool(0, "case_sensitive", false);
        String by = arguments.text(1, "by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("You can only sort by either \"key\" or \"value\"");
        }
        var entries = new ArrayList<>(mapping(input, "dictsort requires a dictionary, got").entries().entrySet());
        Comparator<Map.Entry<Value, Value>> order = Comparator.comparing(
                entry -> folded(by.equals("key") ? entry.getKey() : entry.getValue(), exact), evaluation::compare);
        entries.sort(arguments.bool(2, "reverse", false) ? order.reversed() : order);
        return new ListValue(entries.stream().map(entry -> TupleValue.of(entry.getKey(), entry.getValue())).toList());
    }

    private static Value folded(Value value, boolean exact) {
        return !exact && value instanceof Text(String text) ? new Text(text.toLowerCase(Locale.ROOT)) : value;
    }

    private static Value subelements(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("subelements", "skip_missing");
        Value path = arguments.value(0, "subelements");
        boolean skip = arguments.bool(1, "skip_missing", false);
        List<Value> elements = input instanceof MapValue map
                ? List.copyOf(map.entries().values())
                : input instanceof ListValue || input instanceof TupleValue
                        ? Python.items(input)
                        : List.of();
        if (!(input instanceof MapValue || input instanceof ListValue || input instanceof TupleValue)) {
            throw new TemplateException("obj must be a list of dicts or a nested dict");
        }
        if (!(path instanceof Text || path instanceof ListValue)) {
            throw new TemplateException("subelements must be a list or a string");
        }
        List<String> keys = path instanceof Text(String text)
                ? List.of(text.split("\\.", -1))
                : Python.items(path).stream().map(PythonText::of).toList();
        return new ListValue(pairs(elements, keys, skip));
    }

    /** Each element with each of the items that it has under the keys. */
    static List<Value> pairs(List<Value> elements, List<String> keys, boolean skipMissing) {
        var pairs = new ArrayList<Value>();
        for (Value element : elements) {
            subelement(element, keys, skipMissing).forEach(item -> pairs.add(TupleValue.of(element, item)));
        }
        return pairs;
    }

    private static List<Value> subelement(Value element, List<String> keys, boolean skipMissing) {
        Value value = element;
        for (String key : keys) {
            if (skipMissing && !(value instanceof MapValue)) {
                return List.of();
            }
            MapValue map = mapping(value, "the key " + key + " should point to a dictionary, got");
            Optional<Value> next = map.get(key);
            if (next.isEmpty() && skipMissing) {
                return List.of();
            }
            value = next.orElseThrow(() -> new TemplateException("could not find '" + key + "' key in iterated item "
                    + PythonText.repr(map)));
        }
        if (value == None.NONE && skipMissing) {
            return List.of();
        }
        if (!(value instanceof ListValue list)) {
            throw new TemplateException("the key '" + keys.getLast() + "' should point to a list, got "
                    + PythonText.repr(value));
        }
        return list.items();
    }

    private static Value extract(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("container", "morekeys");
        Value found = evaluation.item(arguments.value(0, "container"), input);
        Value more = arguments.value(1, "morekeys", None.NONE);
        List<Value> keys = more == None.NONE
                ? List.of()
                : more instanceof ListValue || more instanceof TupleValue ? Python.items(more) : List.of(more);
        for (Value key : keys) {
            if (found instanceof Undefined) {
                return found;
            }
            found = evaluation.item(found, key);
        }
        return found;
    }

    private static Value rekey(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("key", "duplicates");
        String key = arguments.text(0, "key");
        String duplicates = arguments.text(1, "duplicates", "error");
        if (!duplicates.equals("error") && !duplicates.equals("overwrite")) {
            throw new TemplateException("duplicates parameter to rekey_on_member has unknown value: " + duplicates);
        }
        List<Value> items = input instanceof MapValue map ? List.copyOf(map.entries().values()) : Python.items(input);
        var entries = new LinkedHashMap<Value, Value>();
        for (Value item : items) {
            MapValue map = mapping(item, "List item is not a valid dict, but a");
            Value name = map.get(key).orElseThrow(() -> new TemplateException("Key " + key + " was not found"));
            if (entries.put(name, map) != null && duplicates.equals("error")) {
                throw new TemplateException(
                        "Key " + PythonText.of(name) + " is not unique, cannot correctly turn into dict");
            }
        }
        return new MapValue(entries);
    }
}
