package bramble.args;

import bramble.module.AnyModule;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/** The modules that there are, by every name that playbooks may use for them. */
public final class Modules {
    private final Map<String, AnyModule> byName = new LinkedHashMap<>();
    private final Map<String, AnyModule> own = new TreeMap<>();

    /** Those on the class path. */
    public Modules() {
        this(ServiceLoader.load(AnyModule.class, Modules.class.getClassLoader()));
    }

    public Modules(Iterable<AnyModule> modules) {
        for (AnyModule module : modules) {
            own.put(module.name(), module);
            Doc doc = module.args().getAnnotation(Doc.class);
            add(module.name(), doc, module);
            if (doc != null) {
                for (String alias : doc.aliases()) {
                    add(alias, doc, module);
                }
            }
        }
    }

    private void add(String name, @org.jspecify.annotations.Nullable Doc doc, AnyModule module) {
        byName.put(name, module);
        byName.put("ansible.builtin." + name, module);
        byName.put("ansible.legacy." + name, module);
        if (doc != null) {
            byName.put(doc.collection() + "." + name, module);
        }
    }

    /** The module of that name: short, with its collection, or another name of it. */
    public Optional<AnyModule> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** What that module says about itself; nothing if there is no such module. */
    public Optional<Doc> doc(String name) {
        return find(name).map(module -> module.args().getAnnotation(Doc.class));
    }

    /** Each module once, in the order of names. */
    public Collection<AnyModule> all() {
        return Collections.unmodifiableCollection(own.values());
    }

    /** Every name. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }
}
