package bramble.run;

import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A mapping whose values are worked out when they are asked for: {@code hostvars}, {@code vars}. */
final class LazyMap extends AbstractMap<Value, Value> {
    private final Supplier<? extends Set<String>> names;
    private final Function<String, Value> value;

    /** @param value gives {@link Undefined} for a name that isn't there, or, with what is written, for a template that can't be evaluated */
    LazyMap(Supplier<? extends Set<String>> names, Function<String, Value> value) {
        this.names = names;
        this.value = value;
    }

    @Override
    public @Nullable Value get(@Nullable Object key) {
        if (!(key instanceof Text(String name))) {
            return null;
        }
        Value found = value.apply(name);
        return found instanceof Undefined undefined && undefined.written().isEmpty() ? null : found;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key instanceof Text(String name) && names.get().contains(name);
    }

    @Override
    public int size() {
        return names.get().size();
    }

    /** The names alone; no value is worked out. */
    @Override
    public Set<Value> keySet() {
        return names.get().stream().map(Text::new).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<Map.Entry<Value, Value>> entrySet() {
        Set<String> all = names.get();
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<Value, Value>> iterator() {
                return all.stream().<Map.Entry<Value, Value>>map(
                        name -> Map.entry(new Text(name), value.apply(name))).iterator();
            }

            @Override
            public int size() {
                return all.size();
            }
        };
    }
}
