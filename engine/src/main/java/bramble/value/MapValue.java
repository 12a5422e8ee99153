package bramble.value;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A mapping that keeps its order. Keys are values, because YAML's and Python's keys may be numbers. */
public final class MapValue implements Value {
    /** The mapping with nothing in it. */
    public static final MapValue EMPTY = new MapValue(Map.of());

    private final Map<Value, Value> entries;
    private final Kind kind;
    private @Nullable Boolean plain;

    private enum Kind {
        FIXED,
        THAWED,
        VIEW
    }

    public MapValue(Map<? extends Value, ? extends Value> entries) {
        this(Collections.unmodifiableMap(new LinkedHashMap<Value, Value>(entries)), Kind.FIXED);
    }

    private MapValue(Map<Value, Value> entries, boolean thawed) {
        this(thawed ? entries : Collections.unmodifiableMap(entries), thawed ? Kind.THAWED : Kind.FIXED);
    }

    private MapValue(Map<Value, Value> entries, Kind kind) {
        this.entries = entries;
        this.kind = kind;
    }

    /** A mapping that may be changed in place, with these entries' values themselves in it. */
    public static MapValue thawed(Map<? extends Value, ? extends Value> entries) {
        return new MapValue(new LinkedHashMap<>(entries), Kind.THAWED);
    }

    /**
     * A window onto entries that are made when they are asked for, as {@code hostvars} needs. What its {@code get} gives is
     * evaluated already: an expression that uses a part of it leaves the rest alone.
     */
    public static MapValue view(Map<Value, Value> entries) {
        return new MapValue(Collections.unmodifiableMap(entries), Kind.VIEW);
    }

    /** A mapping of names to plain Java objects, see {@link Value#of}: {@code MapValue.of("rc", 0, "stdout", text)}. */
    public static MapValue of(@Nullable Object... namesAndValues) {
        var entries = new LinkedHashMap<Value, Value>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.put(Value.of(namesAndValues[i]), Value.of(namesAndValues[i + 1]));
        }
        return new MapValue(entries, false);
    }

    public static MapValue named(Map<String, ? extends Value> named) {
        var entries = new LinkedHashMap<Value, Value>();
        named.forEach((name, value) -> entries.put(new Text(name), value));
        return new MapValue(entries, false);
    }

    /** The entries; changing the returned map is possible, and changes this value, only after {@link #thaw()}. */
    public Map<Value, Value> entries() {
        return entries;
    }

    public Optional<Value> get(String name) {
        return Optional.ofNullable(entries.get(new Text(name)));
    }

    /** This mapping with one more entry, or another value for one that it has. */
    public MapValue with(String name, @Nullable Object value) {
        var copy = new LinkedHashMap<Value, Value>(entries);
        copy.put(new Text(name), Value.of(value));
        return new MapValue(copy, false);
    }

    /** This mapping with the other's entries on top. */
    public MapValue with(MapValue other) {
        var copy = new LinkedHashMap<Value, Value>(entries);
        copy.putAll(other.entries);
        return new MapValue(copy, false);
    }

    public MapValue without(String name) {
        var copy = new LinkedHashMap<Value, Value>(entries);
        copy.remove(new Text(name));
        return new MapValue(copy, false);
    }

    /** The entries by name. Keys that are no text appear in Python's text form. */
    public Map<String, Value> byName() {
        var named = new LinkedHashMap<String, Value>();
        entries.forEach((key, value) -> named.put(key instanceof Text(String text) ? text : PythonText.of(key), value));
        return named;
    }

    /** Whether it may be changed in place. */
    public boolean thawed() {
        return kind == Kind.THAWED;
    }

    /** Whether its entries are made when they are asked for. */
    public boolean isView() {
        return kind == Kind.VIEW;
    }

    @Override
    public boolean plain() {
        Boolean known = plain;
        if (known == null) {
            known = kind == Kind.FIXED && entries.values().stream().allMatch(Value::plain);
            plain = known;
        }
        return known;
    }

    @Override
    public MapValue thaw() {
        var copy = new LinkedHashMap<Value, Value>();
        entries.forEach((key, value) -> copy.put(key, value.thaw()));
        return new MapValue(copy, true);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MapValue map && entries.equals(map.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
