package bramble.template;

import bramble.value.ListValue;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's {@code value[from:to:step]}. */
final class Slices {
    private Slices() {}

    /** None stands for a bound that is left out. */
    static Value of(Value value, Value from, Value to, Value step) {
        return switch (value) {
            case Text(String text) -> {
                int[] points = text.codePoints().toArray();
                var out = new StringBuilder();
                for (int index : indices(points.length, from, to, step)) {
                    out.appendCodePoint(points[index]);
                }
                yield new Text(out.toString());
            }
            case ListValue list -> new ListValue(picked(list.items(), from, to, step));
            case TupleValue(List<Value> items) -> new TupleValue(picked(items, from, to, step));
            default -> throw new TemplateException("'" + Python.type(value) + "' object is not subscriptable");
        };
    }

    private static List<Value> picked(List<Value> items, Value from, Value to, Value step) {
        var out = new ArrayList<Value>();
        for (int index : indices(items.size(), from, to, step)) {
            out.add(items.get(index));
        }
        return out;
    }

    private static List<Integer> indices(int length, Value from, Value to, Value by) {
        int step = bound(by, 1);
        if (step == 0) {
            throw new TemplateException("slice step cannot be zero");
        }
        int lowest = step > 0 ? 0 : -1;
        int highest = step > 0 ? length : length - 1;
        int start = from == None.NONE ? step > 0 ? lowest : highest : clamp(bound(from, 0), length, lowest, highest);
        int end = to == None.NONE ? step > 0 ? highest : lowest : clamp(bound(to, 0), length, lowest, highest);
        var indices = new ArrayList<Integer>();
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            indices.add((int) i);
        }
        return indices;
    }

    private static int clamp(int bound, int length, int lowest, int highest) {
        long place = bound < 0 ? (long) bound + length : bound;
        return (int) Math.max(lowest, Math.min(highest, place));
    }

    private static int bound(Value value, int fallback) {
        if (value == None.NONE) {
            return fallback;
        }
        Python.check(value);
        BigInteger number = Python.integer(value)
                .orElseThrow(() -> new TemplateException("slice indices must be integers or None"));
        return number.max(BigInteger.valueOf(Integer.MIN_VALUE)).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
    }
}
