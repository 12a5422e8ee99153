package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.regex.PythonRegex;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.UndefinedException;
import bramble.value.Int;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Lookups over values and names: they make the items that loops go over. */
@AutoService(Extensions.class)
public final class ValueLookups implements Extensions {
    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("vars", ValueLookups::vars),
                entry("varnames", ValueLookups::names),
                entry("items", (terms, _, _) -> flat(terms, 1)),
                entry("list", (terms, _, _) -> terms),
                entry("dict", ValueLookups::pairs),
                entry("nested", ValueLookups::nested),
                entry("together", ValueLookups::together),
                entry("subelements", ValueLookups::subelements),
                entry("indexed_items", ValueLookups::indexed),
                entry("random_choice", ValueLookups::choice),
                entry("sequence", Sequence::look),
                entry("flattened", (terms, _, _) -> flat(terms, Integer.MAX_VALUE)),
                entry("cartesian", ValueLookups::nested));
    }

    private static List<Value> vars(List<Value> terms, Arguments options, Evaluation evaluation) {
        Optional<Value> fallback = options.optional(-1, "default");
        var values = new ArrayList<Value>();
        for (Value term : terms) {
            if (!(term instanceof Text(String name))) {
                throw new TemplateException(
                        "Invalid setting identifier, \"" + evaluation.text(term) + "\" is not a string, it is a "
                                + Python.type(term));
            }
            Value value = evaluation.resolve(evaluation.scope().get(name));
            if (value instanceof Undefined) {
                value = fallback.orElseThrow(() -> new UndefinedException(Problem.error(evaluation.source(),
                        "No variable found with this name: " + name,
                        Nearest.hint(name, evaluation.scope().names()))));
            }
            values.add(value);
        }
        return values;
    }

    private static PythonRegex expression(String text) {
        try {
            return RegexFilters.reading(() -> PythonRegex.compile(text));
        } catch (TemplateException e) {
            throw new TemplateException("Unable to use \"" + text + "\" as a search parameter: " + e.getMessage());
        }
    }

    private static List<Value> names(List<Value> terms, Arguments options, Evaluation evaluation) {
        var names = new ArrayList<Value>();
        var all = new LinkedHashSet<>(evaluation.scope().names());
        // they have all others in them, and are no part of any list that is shown
        Stream.of("hostvars", "vars").filter(name -> !(evaluation.scope().get(name) instanceof Undefined))
                .forEach(all::add);
        for (Value term : terms) {
            if (!(term instanceof Text)) {
                throw new TemplateException("Invalid setting identifier, '" + PythonText.of(term) + "' is no text");
            }
            PythonRegex regex = expression(evaluation.text(term));
            all.stream().filter(name -> regex.search(name).isPresent())
                    .forEach(name -> names.add(new Text(name)));
        }
        return names;
    }

    private static List<Value> flat(List<Value> terms, int levels) {
        var flat = new ArrayList<Value>();
        ListFilters.flatten(terms, levels, false, flat);
        return flat;
    }

    private static List<Value> pairs(List<Value> terms, Arguments options, Evaluation evaluation) {
        var pairs = new ArrayList<Value>();
        for (Value term : flat(terms, 1)) {
            if (!(term instanceof MapValue map)) {
                throw new TemplateException("with_dict expects a dict, got " + PythonText.repr(term));
            }
            map.entries().forEach((key, value) -> pairs.add(MapValue.of("key", key, "value", value)));
        }
        return pairs;
    }

    private static List<List<Value>> lists(List<Value> terms) {
        return terms.stream().map(
                term -> term instanceof ListValue || term instanceof TupleValue || term instanceof MapValue
                        ? Python.items(term)
                        : List.of(term))
                .toList();
    }

    private static List<Value> nested(List<Value> terms, Arguments options, Evaluation evaluation) {
        if (terms.isEmpty()) {
            throw new TemplateException("the nested lookup requires at least one element in its list");
        }
        return ListFilters.cartesian(lists(terms)).stream().<Value>map(row -> new ListValue(flat(row, 2))).toList();
    }

    private static List<Value> together(List<Value> terms, Arguments options, Evaluation evaluation) {
        if (terms.isEmpty()) {
            throw new TemplateException("with_together requires at least one element in each list");
        }
        List<List<Value>> columns = lists(terms);
        int rows = columns.stream().mapToInt(List::size).max().orElse(0);
        var result = new ArrayList<Value>();
        for (int i = 0; i < rows; i++) {
            int row = i;
            result.add(new ListValue(flat(
                    columns.stream().<Value>map(column -> row < column.size() ? column.get(row) : None.NONE).toList(),
                    1)));
        }
        return result;
    }

    private static List<Value> subelements(List<Value> terms, Arguments options, Evaluation evaluation) {
        if (terms.size() < 2 || terms.size() > 3) {
            throw new TemplateException(
                    "the subelements lookup expects a list of two or three items: the dictionaries, the key,"
                            + " and a dictionary with 'skip_missing'");
        }
        if (terms.size() == 3 && !(terms.get(2) instanceof MapValue)) {
            throw new TemplateException("the optional third item must be a dict with flags, got "
                    + PythonText.repr(terms.get(2)));
        }
        Value source = terms.get(0);
        if (!(terms.get(1) instanceof Text) && (source instanceof MapValue || source instanceof ListValue)) {
            throw new TemplateException("the subelements lookup expects first a dict or a list of them,"
                    + " second a string, which is the key; got " + PythonText.repr(terms.get(1)));
        }
        boolean skip = terms.size() == 3 && terms.get(2) instanceof MapValue flags
                && flags.get("skip_missing").map(value -> evaluation.truth(LogicFilters.bool(value))).orElse(false);
        if (!(source instanceof MapValue || source instanceof ListValue || source instanceof TupleValue)) {
            throw new TemplateException("the subelements lookup expects a dictionary: first a dict or a list of them,"
                    + " second a string, which is the key; got " + PythonText.repr(source));
        }
        if (source instanceof MapValue map && map.get("skipped").map(evaluation::truth).orElse(false)) {
            return List.of();
        }
        List<Value> elements = source instanceof MapValue map
                ? List.copyOf(map.entries().values())
                : Python.items(source);
        elements = elements.stream().filter(element -> !(element instanceof MapValue map
                && map.get("skipped").map(evaluation::truth).orElse(false))).toList();
        List<String> keys = List.of(evaluation.text(terms.get(1)).split("\\.", -1));
        return MapFilters.pairs(elements, keys, skip).stream().<Value>map(pair -> {
            List<Value> parts = Python.items(pair);
            return TupleValue.of(without(parts.getFirst(), keys), parts.getLast());
        }).toList();
    }

    /** The element without the list that its items come from, as this lookup (unlike the filter) gives it. */
    private static Value without(Value element, List<String> keys) {
        if (!(element instanceof MapValue map)) {
            return element;
        }
        String key = keys.getFirst();
        return keys.size() == 1
                ? map.without(key)
                : map.with(key, without(map.get(key).orElse(None.NONE), keys.subList(1, keys.size())));
    }

    private static List<Value> indexed(List<Value> terms, Arguments options, Evaluation evaluation) {
        List<Value> items = flat(terms, 1);
        var indexed = new ArrayList<Value>();
        for (int i = 0; i < items.size(); i++) {
            indexed.add(TupleValue.of(Int.of(i), items.get(i)));
        }
        return indexed;
    }

    /** One of the terms; a list among them counts as one. */
    private static List<Value> choice(List<Value> terms, Arguments options, Evaluation evaluation) {
        return terms.isEmpty()
                ? terms
                : List.of(terms.get(ListFilters.generator(Optional.empty()).nextInt(terms.size())));
    }
}
