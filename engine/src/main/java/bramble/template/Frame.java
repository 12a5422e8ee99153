package bramble.template;

import bramble.value.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that a template itself gives values to, innermost first. It belongs to one evaluation. */
final class Frame {
    private final @Nullable Frame outer;
    private final Map<String, Value> values = HashMap.newHashMap(2);

    Frame(@Nullable Frame outer) {
        this.outer = outer;
    }

    void set(String name, Value value) {
        values.put(name, value);
    }

    @Nullable
    Value get(String name) {
        for (Frame frame = this; frame != null; frame = frame.outer) {
            Value value = frame.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** The names of this frame alone. */
    Map<String, Value> own() {
        return values;
    }
}
