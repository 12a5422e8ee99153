package bramble.value;

import java.util.List;

/** Python's tuple: what {@code items()} and {@code zip} give. Outside expressions it is a list. */
public record TupleValue(List<Value> items) implements Value {
    public TupleValue {
        items = List.copyOf(items);
    }

    public static TupleValue of(Value... items) {
        return new TupleValue(List.of(items));
    }
}
