package bramble.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A list. */
public final class ListValue implements Value {
    /** The list with nothing in it. */
    public static final ListValue EMPTY = new ListValue(List.of());

    private final List<Value> items;

    public ListValue(List<? extends Value> items) {
        this.items = List.copyOf(items);
    }

    private ListValue(List<Value> items, boolean thawed) {
        this.items = thawed ? items : Collections.unmodifiableList(items);
    }

    public static ListValue of(Value... items) {
        return new ListValue(List.of(items));
    }

    /** The items; changing the returned list is possible, and changes this value, only after {@link #thaw()}. */
    public List<Value> items() {
        return items;
    }

    @Override
    public ListValue thaw() {
        var copy = new ArrayList<Value>(items.size());
        for (Value item : items) {
            copy.add(item.thaw());
        }
        return new ListValue(copy, true);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListValue list && items.equals(list.items);
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }

    @Override
    public String toString() {
        return items.toString();
    }
}
