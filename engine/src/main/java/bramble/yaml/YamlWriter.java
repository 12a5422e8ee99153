package bramble.yaml;

import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.Callable;
import bramble.value.Int;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.ObjectValue;
import bramble.value.Omit;
import bramble.value.PythonText;
import bramble.value.Real;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes values as YAML, with the line breaks, quotes and indentation that PyYAML with libyaml chooses, so that files which
 * Ansible's {@code to_yaml} and {@code to_nice_yaml} wrote stay as they are.
 */
public final class YamlWriter {
    /** How collections are written. */
    public enum Flow {
        /** Each item on a line of its own. */
        NEVER,
        /** In brackets where all items are scalars. */
        LEAVES,
        /** In brackets. */
        ALWAYS
    }

    /**
     * How a document is written.
     *
     * @param indent spaces a level, 2 to 9
     * @param width the column after which a line is broken where it may be
     * @param sorted whether keys are in order
     * @param unicode whether what is not ASCII is written as it is
     * @param start whether {@code ---} stands at the start
     * @param end whether {@code ...} stands at the end
     * @param quote the quote for every scalar: a single or a double one; a space for as few as possible
     * @param literal whether text of several lines is written as such, where it can be
     */
    public record Style(Flow flow, int indent, int width, boolean sorted, boolean unicode, boolean start, boolean end,
            char quote, boolean literal) {
        /** Without text of several lines written as such. */
        public Style(Flow flow, int indent, int width, boolean sorted, boolean unicode, boolean start, boolean end,
                char quote) {
            this(flow, indent, width, sorted, unicode, start, end, quote, false);
        }

        /** As {@code to_yaml} writes. */
        public static final Style YAML = new Style(Flow.LEAVES, 2, 80, true, true, false, false, ' ');
        /** As {@code to_nice_yaml} writes. */
        public static final Style NICE = new Style(Flow.NEVER, 4, 80, true, true, false, false, ' ');
    }

    private static final int TOP = -1;
    private static final int LONGEST_KEY = 128; // bytes; a longer one gets a line of its own, after a question mark

    private final Style style;
    private final int step;
    private final ScalarWriter out;
    private int flowLevel;
    /** What collections that are met again are called. */
    private final IdentityHashMap<Value, String> repeated = new IdentityHashMap<>();
    private final Set<String> named = new HashSet<>();

    private YamlWriter(Style style) {
        this.style = style;
        this.step = style.indent() > 1 && style.indent() < 10 ? style.indent() : 2;
        this.out = new ScalarWriter(style.width() > 2 * step ? style.width() : 80, style.unicode());
    }

    /** A value as a document. What has no form in YAML is a {@link ProblemException}, unknown parts an {@link UnknownValueException}. */
    public static String write(Value value, Style style) {
        return new YamlWriter(style).document(value);
    }

    /** A value as a document, in which a collection that is met again is only named, as PyYAML does. */
    public static String writeOnce(Value value, Style style) {
        var writer = new YamlWriter(style);
        writer.findRepeated(value, Collections.newSetFromMap(new IdentityHashMap<>()));
        return writer.document(value);
    }

    private void findRepeated(Value value, Set<Value> seen) {
        if (!collection(value) || shared(value)) {
            return;
        }
        if (!seen.add(value)) {
            repeated.computeIfAbsent(value, _ -> String.format(Locale.ROOT, "id%03d", repeated.size() + 1));
            return;
        }
        if (value instanceof MapValue map) {
            entries(map).forEach(entry -> findRepeated(entry.getValue(), seen));
        } else {
            parts(value).forEach(part -> findRepeated(part, seen));
        }
    }

    /** Whether it is the one empty mapping that stands for many. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean shared(Value value) {
        return value == MapValue.EMPTY;
    }

    private String document(Value value) {
        if (style.start()) {
            out.indicator("---", true);
        }
        node(value, TOP, Place.ROOT);
        out.newLine();
        if (style.end()) {
            out.indicator("...", true);
            out.newLine();
        }
        return out.toString();
    }

    /** Where a node stands; it decides what may be left out around it. */
    private enum Place {
        ROOT,
        ITEM,
        KEY,
        VALUE
    }

    private static boolean collection(Value value) {
        return value instanceof MapValue || value instanceof ListValue || value instanceof TupleValue;
    }

    /** @param indent of the collection around it */
    private void node(Value value, int indent, Place place) {
        String name = repeated.get(value);
        if (name != null) {
            boolean again = !named.add(name);
            out.indicator((again ? "*" : "&") + name, true);
            if (again) {
                return;
            }
        }
        switch (value) {
            case MapValue map -> {
                if (flow(map)) {
                    flowMap(map, deeper(indent, true));
                } else {
                    blockMap(map, deeper(indent, false));
                }
            }
            case ListValue list -> list(list.items(), indent, place);
            case TupleValue(List<Value> items) -> list(items, indent, place);
            default -> scalar(value, indent, place);
        }
    }

    private int deeper(int indent, boolean inFlow) {
        return indent == TOP ? inFlow ? step : 0 : indent + step;
    }

    private boolean flow(Value value) {
        List<Value> parts = parts(value);
        return flowLevel > 0 || parts.isEmpty() || switch (style.flow()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case LEAVES -> style.quote() == ' ' && parts.stream().noneMatch(YamlWriter::collection);
        };
    }

    private static List<Value> parts(Value value) {
        return switch (value) {
            case MapValue map -> {
                var parts = new ArrayList<Value>(map.entries().keySet());
                parts.addAll(map.entries().values());
                yield parts;
            }
            case ListValue list -> list.items();
            case TupleValue(List<Value> items) -> items;
            default -> List.of();
        };
    }

    private void list(List<Value> items, int indent, Place place) {
        if (flow(new ListValue(items))) {
            flowList(items, deeper(indent, true));
            return;
        }
        boolean flush = place == Place.VALUE && !out.atIndent(); // a list under its key needs no indentation of its own
        int own = flush ? indent : deeper(indent, false);
        for (Value item : items) {
            out.lineAt(own);
            out.indicator("-", true, false, true);
            node(item, own, Place.ITEM);
        }
    }

    private List<Map.Entry<Value, Value>> entries(MapValue map) {
        var entries = new ArrayList<>(map.entries().entrySet());
        boolean comparable = entries.stream().allMatch(entry -> entry.getKey() instanceof Text)
                || entries.stream().allMatch(entry -> entry.getKey() instanceof Int);
        if (style.sorted() && comparable) {
            entries.sort(Comparator.comparing(Map.Entry::getKey, YamlWriter::compareKeys));
        }
        return entries;
    }

    private static int compareKeys(Value a, Value b) {
        if (a instanceof Int(var left) && b instanceof Int(var right)) {
            return left.compareTo(right);
        }
        int[] left = PythonText.of(a).codePoints().toArray();
        int[] right = PythonText.of(b).codePoints().toArray();
        return java.util.Arrays.compare(left, right);
    }

    private void blockMap(MapValue map, int indent) {
        for (var entry : entries(map)) {
            out.lineAt(indent);
            if (simpleKey(entry.getKey())) {
                node(entry.getKey(), indent, Place.KEY);
                out.indicator(":", false);
            } else {
                out.indicator("?", true, false, true);
                node(entry.getKey(), indent, Place.ITEM);
                out.lineAt(indent);
                out.indicator(":", true, false, true);
            }
            node(entry.getValue(), indent, Place.VALUE);
        }
    }

    private boolean simpleKey(Value key) {
        if (collection(key)) {
            return parts(key).isEmpty();
        }
        String text = text(key);
        return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY
                && text.chars().noneMatch(ScalarWriter::lineBreak);
    }

    private void flowList(List<Value> items, int indent) {
        out.indicator("[", true, true, false);
        flowLevel++;
        for (int i = 0; i < items.size(); i++) {
            separate(i, indent);
            node(items.get(i), indent, Place.ITEM);
        }
        flowLevel--;
        out.indicator("]", false);
    }

    private void flowMap(MapValue map, int indent) {
        out.indicator("{", true, true, false);
        flowLevel++;
        int i = 0;
        for (var entry : entries(map)) {
            separate(i++, indent);
            if (simpleKey(entry.getKey())) {
                node(entry.getKey(), indent, Place.KEY);
                out.indicator(":", false);
            } else {
                out.indicator("?", true);
                node(entry.getKey(), indent, Place.ITEM);
                out.indicator(":", true);
            }
            node(entry.getValue(), indent, Place.VALUE);
        }
        flowLevel--;
        out.indicator("}", false);
    }

    private void separate(int index, int indent) {
        if (index > 0) {
            out.indicator(",", false);
        }
        if (out.column() > style.width()) {
            out.lineAt(indent);
        }
    }

    private void scalar(Value value, int indent, Place place) {
        String text = text(value);
        if (value instanceof Vaulted && flowLevel == 0) {
            out.indicator("!vault", true);
            out.literal(text, deeper(indent, true), step);
            return;
        }
        boolean isText = value instanceof Text || value instanceof Template || value instanceof ObjectValue
                || value instanceof Vaulted;
        boolean key = place == Place.KEY;
        int deeper = deeper(indent, true);
        boolean plain = style.quote() == ' ' && !(isText && ScalarWriter.readsAsOther(text));
        boolean lines = style.literal() && isText && text.chars().anyMatch(ScalarWriter::lineBreak);
        switch (lines
                ? out.chooseLiteral(text, flowLevel > 0 || key)
                : out.choose(text, plain, style.quote(),
                        flowLevel > 0, key)) {
            case PLAIN -> out.plain(text, deeper, !key);
            case SINGLE -> {
                tag(isText);
                out.single(text, deeper, !key);
            }
            case DOUBLE -> {
                tag(isText);
                out.quoted(text, deeper, !key);
            }
            case LITERAL -> out.literal(text, deeper, step);
        }
    }

    /** A quoted scalar that is no text says so. */
    private void tag(boolean isText) {
        if (!isText) {
            out.indicator("!", true);
        }
    }

    private static String text(Value value) {
        return switch (value) {
            case None _ -> "null";
            case Bool bool -> bool.value() ? "true" : "false";
            case Int(var number) -> number.toString();
            case Real(double number) -> real(number);
            case Text(String text) -> text;
            case Template(String text, _) -> text;
            case Vaulted(String envelope, _) -> envelope;
            case ObjectValue object -> object.text();
            case Undefined undefined -> throw new ProblemException(undefined.source(), undefined.what());
            case Unknown(String why) -> throw new UnknownValueException(why);
            case Omit _,Callable _,ListValue _,TupleValue _,MapValue _ ->
                throw new ProblemException(Source.NONE,
                        "cannot represent an object in YAML: " + PythonText.repr(value));
        };
    }

    private static String real(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }
        String text = PythonText.real(number).toLowerCase(Locale.ROOT);
        return text.contains(".") ? text : text.replace("e", ".0e");
    }
}
