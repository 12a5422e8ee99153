package bramble.template.builtin;

import bramble.template.Evaluation;
import bramble.value.Int;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Jinja2's {@code attribute=} arguments take: {@code a.b.0}.
 *
 * @param fallback what an item gives that lacks the attribute; null for undefined
 */
record AttributePath(List<Value> keys, @Nullable Value fallback) {
    static AttributePath of(Value attribute, @Nullable Value fallback) {
        if (!(attribute instanceof Text(String text))) {
            return new AttributePath(List.of(attribute), fallback);
        }
        return new AttributePath(split(text), fallback);
    }

    static AttributePath of(Value attribute) {
        return of(attribute, null);
    }

    /** Several paths separated by commas, as {@code sort} takes them. */
    static List<AttributePath> several(Value attribute) {
        if (!(attribute instanceof Text(String text))) {
            return List.of(of(attribute));
        }
        var paths = new ArrayList<AttributePath>();
        for (String part : text.split(",", -1)) {
            paths.add(new AttributePath(split(part), null));
        }
        return paths;
    }

    private static List<Value> split(String path) {
        var keys = new ArrayList<Value>();
        for (String part : path.split("\\.", -1)) {
            boolean index = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
            keys.add(index ? new Int(new BigInteger(part)) : new Text(part));
        }
        return keys;
    }

    /** The attribute of an item; undefined where the item lacks it and there is no fallback. */
    Value read(Value item, Evaluation evaluation) {
        Value value = item;
        for (Value key : keys) {
            value = evaluation.item(value, key);
            if (value instanceof Undefined) {
                return fallback == null ? value : fallback;
            }
        }
        return value;
    }
}
