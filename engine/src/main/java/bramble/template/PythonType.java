package bramble.template;

import bramble.value.ObjectValue;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Optional;

/** What {@code value.__class__} gives: one of Python's types. */
record PythonType(String name) implements ObjectValue {
    @Override
    public String type() {
        return "type";
    }

    @Override
    public Optional<Value> attribute(String attribute) {
        return attribute.equals("__name__") || attribute.equals("__qualname__")
                ? Optional.of(new Text(name))
                : Optional.empty();
    }

    @Override
    public String text() {
        return "<class '" + name + "'>";
    }
}
