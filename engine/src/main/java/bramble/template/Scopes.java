package bramble.template;

import bramble.problem.Source;
import bramble.value.Undefined;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Simple scopes. */
public final class Scopes {
    /** No names at all. */
    public static final Scope EMPTY = of(Map.of(), Site.of(Path.of("")));

    private Scopes() {}

    /** The names of a map. */
    public static Scope of(Map<String, Value> values, Site site) {
        return new Scope() {
            @Override
            public Value get(String name) {
                Value value = values.get(name);
                return value == null ? new Undefined("'" + name + "' is undefined", Source.NONE) : value;
            }

            @Override
            public Set<String> names() {
                return values.keySet();
            }

            @Override
            public Site site() {
                return site;
            }
        };
    }
}
