package bramble.template;

import bramble.value.ObjectValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code namespace()} makes: names that {@code set} can change from within a loop. */
final class Namespace implements ObjectValue {
    private final Map<Value, Value> values;

    Namespace(Map<Value, Value> values) {
        this.values = new LinkedHashMap<>(values);
    }

    void set(String name, Value value) {
        values.put(new Text(name), value);
    }

    @Override
    public String type() {
        return "Namespace";
    }

    @Override
    public Optional<Value> attribute(String name) {
        return Optional.ofNullable(values.get(new Text(name)));
    }

    @Override
    public String text() {
        return "<Namespace " + PythonText.repr(new MapValue(values)) + ">";
    }
}
