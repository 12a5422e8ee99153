package bramble.check;

import bramble.inventory.Variables;
import bramble.playbook.Role;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.run.MagicNames;
import bramble.template.Mention;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What may define a name, for any task. */
final class Names {
    /** What only template files see. */
    private static final Set<String> OF_FILES = Set.of("template_path", "template_fullpath", "template_host",
            "template_run_date", "template_mtime", "template_uid", "template_destpath");

    private final Given given;
    private final Sources sources;
    private final Map<String, List<Value>> inventory;
    private final IdentityHashMap<Role, Map<String, List<Value>>> roles = new IdentityHashMap<>();
    private final IdentityHashMap<KnownPlay, Map<String, List<Value>>> plays = new IdentityHashMap<>();

    Names(Given given, Sources sources) {
        this.given = given;
        this.sources = sources;
        this.inventory = index(sources.inventory);
    }

    private static Map<String, List<Value>> index(List<Variables> layers) {
        var index = new HashMap<String, List<Value>>();
        layers.forEach(layer -> layer.values().byName()
                .forEach((name, value) -> index.computeIfAbsent(name, _ -> new ArrayList<>()).add(value)));
        return index;
    }

    private Map<String, List<Value>> of(Role role) {
        return roles.computeIfAbsent(role, one -> index(
                Stream.of(one.visibleDefaults(), one.visibleVars(), one.visibleParams()).flatMap(List::stream)
                        .toList()));
    }

    private Map<String, List<Value>> of(KnownPlay play) {
        return plays.computeIfAbsent(play, one -> {
            var layers = new ArrayList<Variables>();
            layers.add(one.play.vars());
            layers.addAll(one.play.params());
            layers.addAll(one.files);
            var seen = new HashSet<Variables>();
            for (Role role : one.roles) {
                Stream.of(role.visibleDefaults(), role.visibleVars(), role.visibleParams()).flatMap(List::stream)
                        .filter(seen::add).forEach(layers::add);
            }
            return index(layers);
        });
    }

    /** Whether a run alone gives the name its value, or may. */
    boolean ofRun(String name, Reached at) {
        return sources.set.contains(name) || at.names().contains(name) || magic(name);
    }

    private static boolean magic(String name) {
        return name.startsWith("ansible_") || MagicNames.ALL.contains(name) || OF_FILES.contains(name);
    }

    /** The different values that the playbook, its roles and the inventory give a name. */
    List<Value> written(String name, Reached at) {
        Optional<Value> extra = given.extraVars().get(name);
        if (extra.isPresent()) {
            return List.of(extra.get());
        }
        var values = new ArrayList<Value>();
        var directives = at.task().directives();
        Stream.of(directives.vars(), directives.params()).flatMap(List::stream)
                .forEach(layer -> layer.values().get(name).ifPresent(values::add));
        at.task().role().ifPresent(role -> values.addAll(of(role).getOrDefault(name, List.of())));
        values.addAll(of(at.play()).getOrDefault(name, List.of()));
        values.addAll(inventory.getOrDefault(name, List.of()));
        return values.stream().distinct().toList();
    }

    /** Whether the inventory gives some hosts the name: then others may not have it. */
    boolean ofHosts(String name) {
        return inventory.containsKey(name) && given.extraVars().get(name).isEmpty();
    }

    /** Every name that there is at a task, for "did you mean". */
    Set<String> all(Reached at) {
        var all = new HashSet<>(sources.set);
        all.addAll(at.names());
        all.addAll(MagicNames.ALL);
        all.addAll(inventory.keySet());
        all.addAll(of(at.play()).keySet());
        at.task().role().ifPresent(role -> all.addAll(of(role).keySet()));
        Stream.of(at.task().directives().vars(), at.task().directives().params()).flatMap(List::stream)
                .forEach(layer -> all.addAll(layer.values().byName().keySet()));
        all.addAll(given.extraVars().byName().keySet());
        return all;
    }

    /** What is known of a task's variables before the run: for its conditions. */
    Scope scope(Reached at, Path playbook) {
        return new Scope() {
            @Override
            public Value get(String name) {
                if (given.extraVars().get(name).isEmpty() && (ofRun(name, at) || ofHosts(name))) {
                    return name.equals("omit")
                            ? new Undefined("'omit' is undefined", Source.NONE)
                            : new Unknown(name);
                }
                List<Value> values = written(name, at);
                if (values.isEmpty() && !(sources.open.isEmpty() && at.play().open.isEmpty())) {
                    return new Unknown(name);
                }
                return values.isEmpty()
                        ? new Undefined("'" + name + "' is undefined", Source.NONE)
                        : values.size() == 1 ? values.getFirst() : new Unknown(name);
            }

            @Override
            public Set<String> names() {
                return Set.of();
            }

            @Override
            public Site site() {
                return Sites.of(at.task(), playbook);
            }

            @Override
            public boolean looksUp() {
                return false;
            }
        };
    }

    /** The names that any value of the inventory, of plays and roles asks for before it uses them. */
    Set<String> guarded(Templates templates) {
        var names = new HashSet<String>();
        Stream.concat(Stream.of(inventory), Stream.concat(roles.values().stream(), plays.values().stream()))
                .flatMap(index -> index.values().stream()).flatMap(List::stream).distinct()
                .forEach(value -> guarded(value, templates, names));
        return names;
    }

    private static void guarded(Value value, Templates templates, Set<String> names) {
        templatesIn(value).forEach(template -> {
            try {
                templates.mentions(template).stream().filter(mention -> mention.kind() == Mention.Kind.GUARDED)
                        .forEach(mention -> names.add(mention.name()));
            } catch (ProblemException e) {
                // told where it is used
            }
        });
    }

    /** The templates in a value, at any depth. */
    static List<Template> templatesIn(Value value) {
        var found = new ArrayList<Template>();
        collect(value, found);
        return found;
    }

    private static void collect(Value value, List<Template> found) {
        switch (value) {
            case Template template -> found.add(template);
            case ListValue list -> list.items().forEach(item -> collect(item, found));
            case MapValue map when !map.isView() -> new LinkedHashMap<>(map.entries()).forEach((key, one) -> {
                collect(key, found);
                collect(one, found);
            });
            case Value _ -> {
                // holds none
            }
        }
    }
}
