package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Filter;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.template.UndefinedException;
import bramble.value.Bool;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Real;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Filters that take a list, or anything that a loop can go over. */
@AutoService(Extensions.class)
public final class ListFilters implements Extensions {
    private static final int MOST_ARRANGED = 100_000;

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                entry("length", ListFilters::length),
                entry("count", ListFilters::length),
                entry("first", (input, _, at) -> nth(Python.items(input), true, at)),
                entry("last", (input, _, at) -> nth(Python.items(input), false, at)),
                entry("list", (input, _, _) -> new ListValue(Python.items(input))),
                entry("join", ListFilters::join),
                entry("map", ListFilters::map),
                entry("select", (input, arguments, at) -> select(input, arguments, at, true)),
                entry("reject", (input, arguments, at) -> select(input, arguments, at, false)),
                entry("selectattr", (input, arguments, at) -> selectAttribute(input, arguments, at, true)),
                entry("rejectattr", (input, arguments, at) -> selectAttribute(input, arguments, at, false)),
                entry("sort", ListFilters::sort),
                entry("unique", ListFilters::unique),
                entry("min", (input, arguments, at) -> extreme(input, arguments, at, 1)),
                entry("max", (input, arguments, at) -> extreme(input, arguments, at, -1)),
                entry("sum", ListFilters::sum),
                entry("reverse", ListFilters::reverse),
                entry("batch", ListFilters::batch),
                entry("slice", ListFilters::slice),
                entry("groupby", ListFilters::groupBy),
                entry("flatten", ListFilters::flatten),
                entry("zip", ListFilters::zip),
                entry("zip_longest", ListFilters::zipLongest),
                entry("product", ListFilters::product),
                entry("permutations", (input, arguments, _) -> arrange(input, arguments, true)),
                entry("combinations", (input, arguments, _) -> arrange(input, arguments, false)),
                entry("union", (input, arguments, _) -> distinct(joined(input, arguments.value(0, "b")))),
                entry("intersect", (input, arguments, _) -> keep(input, arguments.value(0, "b"), true)),
                entry("difference", (input, arguments, _) -> keep(input, arguments.value(0, "b"), false)),
                entry("symmetric_difference", ListFilters::symmetricDifference),
                entry("random", ListFilters::random),
                entry("shuffle", ListFilters::shuffle));
    }

    static Value length(Value input, Arguments arguments, Evaluation evaluation) {
        if (input == None.NONE || Python.number(input)) {
            throw new TemplateException("object of type '" + Python.type(input) + "' has no len()");
        }
        return Int.of(input instanceof Text(String text)
                ? text.codePointCount(0, text.length())
                : Python.items(input).size());
    }

    private static Value nth(List<Value> items, boolean first, Evaluation evaluation) {
        if (items.isEmpty()) {
            return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.",
                    evaluation.source());
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Value join(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("d", "attribute");
        String separator = arguments.text(0, "d", "");
        List<Value> items = picked(Python.items(input), arguments.optional(1, "attribute"), evaluation);
        var joined = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            joined.append(i == 0 ? "" : separator).append(evaluation.text(items.get(i)));
        }
        return new Text(joined.toString());
    }

    private static List<Value> picked(List<Value> items, Optional<Value> attribute, Evaluation evaluation) {
        if (attribute.isEmpty() || attribute.get() == None.NONE) {
            return items;
        }
        AttributePath path = AttributePath.of(attribute.get());
        return items.stream().map(item -> path.read(item, evaluation)).toList();
    }

    /** The items; none of what is false or none, as Jinja2 has it for map, select and their kin. */
    private static List<Value> ofTrue(Value input) {
        return Python.truth(input) ? Python.items(input) : List.of();
    }

    private static Value map(Value input, Arguments arguments, Evaluation evaluation) {
        List<Value> items = ofTrue(input);
        if (arguments.positional().isEmpty()) {
            Value attribute = arguments.optional(-1, "attribute")
                    .orElseThrow(() -> new TemplateException("map requires a filter argument"));
            AttributePath path = AttributePath.of(attribute, arguments.optional(-1, "default").orElse(null));
            return new ListValue(items.stream().map(item -> path.read(item, evaluation)).toList());
        }
        String filter = arguments.text(0, "filter");
        Arguments rest = arguments.skip(1);
        return new ListValue(items.stream().map(item -> evaluation.filter(filter, item, rest)).toList());
    }

    private static Value select(Value input, Arguments arguments, Evaluation evaluation, boolean wanted) {
        return new ListValue(
                ofTrue(input).stream().filter(item -> holds(item, arguments, evaluation) == wanted).toList());
    }

    private static Value selectAttribute(Value input, Arguments arguments, Evaluation evaluation, boolean wanted) {
        AttributePath path = AttributePath.of(arguments.value(0, "attribute"));
        Arguments rest = arguments.skip(1);
        return new ListValue(ofTrue(input).stream()
                .filter(item -> holds(path.read(item, evaluation), rest, evaluation) == wanted).toList());
    }

    /** Whether a test, named by the first argument, holds; without one, whether the item is true. */
    private static boolean holds(Value item, Arguments test, Evaluation evaluation) {
        return test.positional().isEmpty()
                ? evaluation.truth(item)
                : evaluation.test(test.text(0, "test"), item, test.skip(1));
    }

    private static Value sort(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("reverse", "case_sensitive", "attribute");
        boolean exact = arguments.bool(1, "case_sensitive", false);
        Optional<Value> attribute = arguments.optional(2, "attribute").filter(value -> value != None.NONE);
        List<AttributePath> paths = attribute.map(AttributePath::several).orElse(List.of());
        var keyed = new ArrayList<Keyed>();
        for (Value item : Python.items(input)) {
            List<Value> key = paths.isEmpty()
                    ? List.of(folded(item, exact))
                    : paths.stream().map(path -> folded(path.read(item, evaluation), exact)).toList();
            keyed.add(new Keyed(key, item));
        }
        Comparator<Keyed> order = (a, b) -> compare(a.key(), b.key(), evaluation);
        keyed.sort(arguments.bool(0, "reverse", false) ? order.reversed() : order);
        return new ListValue(keyed.stream().map(Keyed::item).toList());
    }

    private record Keyed(List<Value> key, Value item) {}

    private static int compare(List<Value> a, List<Value> b, Evaluation evaluation) {
        for (int i = 0; i < a.size(); i++) {
            int order = evaluation.equal(a.get(i), b.get(i)) ? 0 : evaluation.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static Value folded(Value value, boolean exact) {
        return !exact && value instanceof Text(String text) ? new Text(text.toLowerCase(Locale.ROOT)) : value;
    }

    private static Value unique(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("case_sensitive", "attribute");
        boolean exact = arguments.bool(0, "case_sensitive", false);
        Optional<AttributePath> path = arguments.optional(1, "attribute").filter(value -> value != None.NONE)
                .map(AttributePath::of);
        var seen = new Seen();
        var unique = new ArrayList<Value>();
        for (Value item : Python.items(input)) {
            Value key = path.isPresent() ? path.get().read(item, evaluation) : item;
            if (seen.add(folded(key, exact))) {
                unique.add(item);
            }
        }
        return new ListValue(unique);
    }

    private static Value extreme(Value input, Arguments arguments, Evaluation evaluation, int sign) {
        arguments.only("case_sensitive", "attribute");
        boolean exact = arguments.bool(0, "case_sensitive", false);
        List<Value> items = Python.items(input);
        List<Value> keys = picked(items, arguments.optional(1, "attribute"), evaluation);
        if (items.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.", evaluation.source());
        }
        int best = 0;
        for (int i = 1; i < items.size(); i++) {
            if (evaluation.compare(folded(keys.get(i), exact), folded(keys.get(best), exact)) * sign < 0) {
                best = i;
            }
        }
        return items.get(best);
    }

    private static Value sum(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("attribute", "start");
        Value sum = arguments.value(1, "start", Int.of(0));
        for (Value item : picked(Python.items(input), arguments.optional(0, "attribute"), evaluation)) {
            if (item instanceof Undefined undefined) {
                throw new UndefinedException(undefined);
            }
            sum = Numbers.plus(sum, item);
        }
        return sum;
    }

    private static Value reverse(Value input, Arguments arguments, Evaluation evaluation) {
        return input instanceof Text(String text)
                ? new Text(new StringBuilder(text).reverse().toString())
                : new ListValue(Python.items(input).reversed());
    }

    private static Value batch(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("linecount", "fill_with");
        int size = Math.max(1, arguments.integer(0, "linecount").intValue());
        Value fill = arguments.value(1, "fill_with", None.NONE);
        List<Value> items = Python.items(input);
        var batches = new ArrayList<Value>();
        for (int from = 0; from < items.size(); from += size) {
            var batch = new ArrayList<Value>(items.subList(from, Math.min(items.size(), from + size)));
            while (fill != None.NONE && batch.size() < size) {
                batch.add(fill);
            }
            batches.add(new ListValue(batch));
        }
        return new ListValue(batches);
    }

    private static Value slice(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("slices", "fill_with");
        int count = arguments.integer(0, "slices").intValue();
        if (count < 1) {
            throw new TemplateException("slices must be at least 1");
        }
        Value fill = arguments.value(1, "fill_with", None.NONE);
        List<Value> items = Python.items(input);
        int size = items.size() / count;
        int longer = items.size() % count;
        var slices = new ArrayList<Value>();
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + size + (i < longer ? 1 : 0);
            var slice = new ArrayList<Value>(items.subList(from, to));
            if (fill != None.NONE && i >= longer) {
                slice.add(fill);
            }
            slices.add(new ListValue(slice));
            from = to;
        }
        return new ListValue(slices);
    }

    private static Value groupBy(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("attribute", "default", "case_sensitive");
        AttributePath path = AttributePath.of(arguments.value(0, "attribute"),
                arguments.optional(1, "default").filter(value -> value != None.NONE).orElse(null));
        boolean exact = arguments.bool(2, "case_sensitive", false);
        var keyed = new ArrayList<Keyed>();
        for (Value item : Python.items(input)) {
            keyed.add(new Keyed(List.of(path.read(item, evaluation)), item));
        }
        keyed.sort((a, b) -> evaluation.compare(folded(a.key().getFirst(), exact), folded(b.key().getFirst(), exact)));
        var groups = new ArrayList<Value>();
        for (int from = 0; from < keyed.size();) {
            Value key = keyed.get(from).key().getFirst();
            var group = new ArrayList<Value>();
            int to = from;
            while (to < keyed.size()
                    && evaluation.equal(folded(key, exact), folded(keyed.get(to).key().getFirst(), exact))) {
                group.add(keyed.get(to).item());
                to++;
            }
            groups.add(TupleValue.of(key, new ListValue(group)));
            from = to;
        }
        return new ListValue(groups);
    }

    private static Value flatten(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("levels", "skip_nulls");
        int levels = arguments.integer(0, "levels", Integer.MAX_VALUE);
        var flat = new ArrayList<Value>();
        flatten(Python.items(input), levels, arguments.bool(1, "skip_nulls", true), flat);
        return new ListValue(flat);
    }

    static void flatten(List<Value> items, int levels, boolean skipNulls, List<Value> into) {
        for (Value item : items) {
            if (skipNulls && (item == None.NONE
                    || (item instanceof Text(String text) && (text.equals("None") || text.equals("null"))))) {
                continue;
            }
            if (levels > 0 && (item instanceof ListValue || item instanceof TupleValue)) {
                flatten(Python.items(item), levels - 1, skipNulls, into);
            } else {
                into.add(item);
            }
        }
    }

    private static Value zip(Value input, Arguments arguments, Evaluation evaluation) {
        arguments = arguments.without("strict");
        List<List<Value>> columns = columns(input, arguments);
        int rows = columns.stream().mapToInt(List::size).min().orElse(0);
        return rows(columns, rows, None.NONE);
    }

    private static Value zipLongest(Value input, Arguments arguments, Evaluation evaluation) {
        List<List<Value>> columns = columns(input, arguments);
        int rows = columns.stream().mapToInt(List::size).max().orElse(0);
        return rows(columns, rows, arguments.value(-1, "fillvalue", None.NONE));
    }

    private static List<List<Value>> columns(Value input, Arguments arguments) {
        var columns = new ArrayList<List<Value>>();
        columns.add(Python.items(input));
        arguments.positional().forEach(other -> columns.add(Python.items(other)));
        return columns;
    }

    private static Value rows(List<List<Value>> columns, int count, Value fill) {
        var rows = new ArrayList<Value>();
        for (int i = 0; i < count; i++) {
            int row = i;
            rows.add(new TupleValue(
                    columns.stream().map(column -> row < column.size() ? column.get(row) : fill).toList()));
        }
        return new ListValue(rows);
    }

    private static Value product(Value input, Arguments arguments, Evaluation evaluation) {
        List<List<Value>> once = columns(input, arguments);
        var columns = new ArrayList<List<Value>>();
        for (int i = 0; i < arguments.integer(-1, "repeat", 1); i++) {
            columns.addAll(once);
        }
        return new ListValue(cartesian(columns).stream().map(TupleValue::new).toList());
    }

    /** Every choice of one item from each list, the last list's item changing fastest. */
    static List<List<Value>> cartesian(List<List<Value>> columns) {
        List<List<Value>> rows = List.of(List.of());
        for (List<Value> column : columns) {
            bounded((long) rows.size() * column.size());
            var longer = new ArrayList<List<Value>>();
            for (List<Value> row : rows) {
                for (Value item : column) {
                    var next = new ArrayList<Value>(row);
                    next.add(item);
                    longer.add(next);
                }
            }
            rows = longer;
        }
        return rows;
    }

    private static Value arrange(Value input, Arguments arguments, boolean ordered) {
        arguments.only("set_size");
        List<Value> items = Python.items(input);
        int size = ordered
                ? arguments.integer(0, "set_size", items.size())
                : arguments.integer(0, "set_size").intValue();
        var arranged = new ArrayList<Value>();
        arrange(items, size, ordered, new ArrayList<>(), arranged);
        return new ListValue(arranged);
    }

    private static void arrange(List<Value> items, int size, boolean ordered, List<Integer> chosen, List<Value> into) {
        if (chosen.size() == size) {
            bounded(into.size() + 1L);
            into.add(new TupleValue(chosen.stream().map(items::get).toList()));
            return;
        }
        int from = ordered || chosen.isEmpty() ? 0 : chosen.getLast() + 1;
        int missing = size - chosen.size();
        int to = items.size() - (ordered ? 0 : missing - 1);
        for (int i = from; i < to && missing <= items.size(); i++) {
            if (!chosen.contains(i)) {
                chosen.add(i);
                arrange(items, size, ordered, chosen, into);
                chosen.removeLast();
            }
        }
    }

    /** Arrangements of a few items soon are more than any machine has room for. */
    private static void bounded(long count) {
        if (count > MOST_ARRANGED) {
            throw new TemplateException("there would be more than " + MOST_ARRANGED + " arrangements");
        }
    }

    private static List<Value> joined(Value a, Value b) {
        var both = new ArrayList<Value>(Python.items(a));
        both.addAll(Python.items(b));
        return both;
    }

    private static ListValue distinct(List<Value> items) {
        var seen = new Seen();
        return new ListValue(items.stream().filter(seen::add).toList());
    }

    private static ListValue keep(Value input, Value other, boolean common) {
        var others = new Seen();
        Python.items(other).forEach(others::add);
        return distinct(Python.items(input).stream().filter(item -> others.has(item) == common).toList());
    }

    private static Value symmetricDifference(Value input, Arguments arguments, Evaluation evaluation) {
        Value other = arguments.value(0, "b");
        var both = new ArrayList<Value>(keep(input, other, false).items());
        both.addAll(keep(other, input, false).items());
        return new ListValue(both);
    }

    private static Value random(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("start", "step", "seed");
        RandomGenerator generator = generator(arguments.optional(2, "seed"));
        Optional<Value> start = arguments.optional(0, "start").filter(value -> value != None.NONE);
        Optional<Value> step = arguments.optional(1, "step").filter(value -> value != None.NONE);
        if (input instanceof Int || input instanceof Bool) {
            BigInteger from = start.isPresent() ? arguments.integer(0, "start") : BigInteger.ZERO;
            BigInteger by = step.isPresent() ? arguments.integer(1, "step") : BigInteger.ONE;
            BigInteger width = Python.integer(input).orElseThrow().subtract(from);
            BigInteger count = by.signum() == 0
                    ? BigInteger.ZERO
                    : width.add(by).subtract(BigInteger.valueOf(by.signum())).divide(by);
            if (count.signum() <= 0) {
                throw new TemplateException("empty range for random: from " + from + " to " + evaluation.text(input));
            }
            long chosen = generator.nextLong(count.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue());
            return new Int(from.add(by.multiply(BigInteger.valueOf(chosen))));
        }
        if (input == None.NONE || input instanceof Real) {
            throw new TemplateException("random can only be used on sequences and integers");
        }
        if (start.isPresent() || step.isPresent()) {
            throw new TemplateException("start and step can only be used with integer values");
        }
        List<Value> items = Python.items(input);
        if (items.isEmpty()) {
            throw new TemplateException("Cannot choose from an empty sequence");
        }
        return items.get(generator.nextInt(items.size()));
    }

    private static Value shuffle(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("seed");
        if (input instanceof Int || input instanceof Bool || input instanceof Real || input == None.NONE) {
            return input; // what can't be shuffled stays as it is
        }
        var items = new ArrayList<Value>(Python.items(input));
        Collections.shuffle(items, java.util.Random.from(generator(arguments.optional(0, "seed"))));
        return new ListValue(items);
    }

    /** The same numbers for the same seed, and those that Python gives. */
    static RandomGenerator generator(Optional<Value> seed) {
        return seed.filter(value -> value != None.NONE).<RandomGenerator>map(SeededRandom::new)
                .orElseGet(java.security.SecureRandom::new);
    }

    /** The values met so far, told apart by Python's equality (1, 1.0 and true are one). */
    static final class Seen {
        private final java.util.HashSet<Value> keys = new java.util.HashSet<>();

        /** Whether the value is a new one. */
        boolean add(Value value) {
            return keys.add(key(value));
        }

        boolean has(Value value) {
            return keys.contains(key(value));
        }

        private static Value key(Value value) {
            if (value instanceof Undefined undefined) {
                throw new UndefinedException(undefined);
            }
            if (value instanceof bramble.value.Unknown(String why)) {
                throw new bramble.value.UnknownValueException(why);
            }
            if (value instanceof ListValue list) {
                return new ListValue(list.items().stream().map(Seen::key).toList());
            }
            if (value instanceof MapValue map) {
                var entries = new java.util.HashMap<Value, Value>();
                map.entries().forEach((name, item) -> entries.put(key(name), key(item)));
                return new MapValue(entries);
            }
            if (!Python.number(value)) {
                return value;
            }
            double real = Python.real(value);
            return Python.integer(value).<Value>map(Int::new)
                    .orElseGet(() -> real == Math.rint(real) && Math.abs(real) < 1e300
                            ? new Int(Numbers.truncated(real).orElseThrow())
                            : value);
        }
    }
}
