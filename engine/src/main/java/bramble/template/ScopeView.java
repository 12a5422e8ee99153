package bramble.template;

import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All variables as one mapping, for {@code vars}; each is evaluated when it is asked for. */
final class ScopeView extends AbstractMap<Value, Value> {
    private final Evaluator evaluator;

    ScopeView(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    @Override
    public @Nullable Value get(@Nullable Object key) {
        if (!(key instanceof Text(String name)) || evaluator.scope().get(name) instanceof Undefined) {
            return null;
        }
        return evaluator.settle(evaluator.variable(name, 0));
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key instanceof Text(String name) && !(evaluator.scope().get(name) instanceof Undefined);
    }

    @Override
    public Set<Map.Entry<Value, Value>> entrySet() {
        Set<String> names = evaluator.scope().names();
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<Value, Value>> iterator() {
                Iterator<String> each = names.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return each.hasNext();
                    }

                    @Override
                    public Map.Entry<Value, Value> next() {
                        String name = each.next();
                        return new SimpleImmutableEntry<>(new Text(name),
                                evaluator.settle(evaluator.variable(name, 0)));
                    }
                };
            }

            @Override
            public int size() {
                return names.size();
            }
        };
    }
}
