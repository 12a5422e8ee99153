package bramble.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list. */
public final class ListValue implements Value {
    /** The list with nothing in it. */
    public static final ListValue EMPTY = new ListValue(List.of());

    private final List<Value> items;
    private final boolean thawed;
    private @Nullable Boolean plain;

    public ListValue(List<? extends Value> items) {
        this.items = List.copyOf(items);
        this.thawed = false;
    }

    private ListValue(List<Value> items, boolean thawed) {
        this.items = items;
        this.thawed = thawed;
    }

    /** A list that may be changed in place, with these items themselves in it. */
    public static ListValue thawed(List<? extends Value> items) {
        return new ListValue(new ArrayList<>(items), true);
    }

    public static ListValue of(Value... items) {
        return new ListValue(List.of(items));
    }

    /** The items; changing the returned list is possible, and changes this value, only after {@link #thaw()}. */
    public List<Value> items() {
        return items;
    }

    /** Whether it may be changed in place. */
    public boolean thawed() {
        return thawed;
    }

    @Override
    public boolean plain() {
        Boolean known = plain;
        if (known == null) {
            known = !thawed && items.stream().allMatch(Value::plain);
            plain = known;
        }
        return known;
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
