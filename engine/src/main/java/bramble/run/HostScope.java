package bramble.run;

import bramble.inventory.Host;
import bramble.brought.Python;
import bramble.inventory.Variables;
import bramble.playbook.Directives;
import bramble.playbook.Keyword;
import bramble.playbook.Role;
import bramble.playbook.Step;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Merging;
import bramble.value.None;
import bramble.value.Omit;
import bramble.value.Text;
import bramble.value.Undefined;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A host's variables as one step of a play sees them: Ansible's levels of precedence, from the strongest to the weakest.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html">Using variables</a>
 */
final class HostScope implements Scope {
    /** What isn't among all variables: it would hold itself, or is Bramble's own. */
    private static final Set<String> UNLISTED = Set.of("vars", "hostvars", "bramble_data");

    private static final Set<String> ROLES_OF_PLAY = Set.of("role_names", "ansible_role_names",
            "ansible_play_role_names", "ansible_dependent_role_names");

    private final World world;
    private final String host;
    private final @Nullable PlayFrame frame;
    private final @Nullable Step step;
    private final MapValue local;
    private final boolean foreseen;

    private HostScope(World world, String host, @Nullable PlayFrame frame, @Nullable Step step, MapValue local,
            boolean foreseen) {
        this.world = world;
        this.host = host;
        this.frame = frame;
        this.step = step;
        this.local = local;
        this.foreseen = foreseen;
    }

    /** A host by itself, as {@code hostvars} shows it. */
    static HostScope of(World world, String host) {
        return new HostScope(world, host, null, null, MapValue.EMPTY, false);
    }

    static HostScope of(World world, String host, PlayFrame frame) {
        return new HostScope(world, host, frame, null, MapValue.EMPTY, false);
    }

    HostScope at(Step one) {
        return new HostScope(world, host, frame, one, local, foreseen);
    }

    /** With more variables, stronger than all others: a loop's item, a result that a condition looks at. */
    HostScope with(MapValue more) {
        return new HostScope(world, host, frame, step, local.with(more), foreseen);
    }

    /** For a task whose turn has not come: nothing is looked up for it. */
    HostScope foreseen() {
        return new HostScope(world, host, frame, step, local, true);
    }

    @Override
    public boolean looksUp() {
        return !foreseen;
    }

    @Override
    public String managed() {
        return world.options.habits().managed();
    }

    @Override
    public void warn(Problem problem) {
        world.warnOnce(problem);
    }

    /** Another host's view of the same play, for a task that is delegated to it: the task's own variables count for it, too. */
    HostScope delegatedBy(HostScope other) {
        return new HostScope(world, host, other.frame, other.step, other.local, other.foreseen);
    }

    String host() {
        return host;
    }

    /** The hosts that are still in the play's batch, this one among them: what is done once is done for them all. */
    List<String> batch() {
        return frame == null
                ? List.of(host)
                : frame.batch().stream().filter(one -> one.equals(host) || !frame.gone().contains(one)).toList();
    }

    @Override
    public Value get(String name) {
        var key = new Text(name);
        var search = new Search(world.options.habits().merging());
        boolean _ = search.ends(local, key) || search.ends(MagicNames.ALL.contains(name) ? magic(name) : null)
                || search.ends(world.options.extraVars(), key) || ofStep(key, search) || weaker(key, name, search);
        Value value = search.found;
        return value == null ? new Undefined("'" + name + "' is undefined", Source.NONE) : value;
    }

    /** What the user wrote for a variable; empty where facts, results of tasks, or the run itself give it its value. */
    Optional<Value> written(String name) {
        var key = new Text(name);
        if (MagicNames.ALL.contains(name)) {
            return Optional.empty();
        }
        Value value = get(name);
        HostVariables known = world.variables(host);
        boolean learnt = value instanceof Undefined || Stream.of(known.set(), known.cached(), known.facts())
                .anyMatch(map -> map.entries().get(key) == value);
        return learnt ? Optional.empty() : Optional.of(value);
    }

    /** A search through the levels, the strongest first. It ends at the first value, or, where mappings merge, at the first other one. */
    private static final class Search {
        private final Merging merging;
        private @Nullable Value found;

        Search(Merging merging) {
            this.merging = merging;
        }

        boolean ends(MapValue level, Text key) {
            return ends(level.entries().get(key));
        }

        boolean ends(@Nullable Value value) {
            if (value == null) {
                return false;
            }
            if (found == null) {
                found = value;
                return merging == Merging.REPLACE || !(value instanceof MapValue map) || map.isView();
            }
            if (found instanceof MapValue stronger && value instanceof MapValue weaker) {
                found = merging.over(stronger, weaker);
                return false;
            }
            return true;
        }

        /** Through levels of which the last is the strongest. */
        boolean endsIn(List<Variables> levels, Text key) {
            for (int i = levels.size() - 1; i >= 0; i--) {
                if (ends(levels.get(i).values(), key)) {
                    return true;
                }
            }
            return false;
        }

        boolean endsInRoles(List<Role> roles, boolean vars, Text key) {
            for (int i = roles.size() - 1; i >= 0; i--) {
                if (endsIn(vars ? roles.get(i).visibleVars() : roles.get(i).visibleDefaults(), key)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** From include parameters down to the play's variables. */
    private boolean ofStep(Text key, Search search) {
        HostVariables known = world.variables(host);
        Directives directives = step == null ? Directives.NONE : step.directives();
        Optional<Role> role = step == null ? Optional.empty() : step.role();
        return search.endsIn(directives.params(), key)
                || (role.isPresent() && search.endsIn(role.get().visibleParams(), key))
                || search.ends(known.set(), key) || search.ends(known.included(), key)
                || search.endsIn(directives.vars(), key)
                || (role.isPresent() && search.endsIn(role.get().visibleVars(), key))
                || (frame != null && ofPlay(frame, known, key, search));
    }

    private static boolean ofPlay(PlayFrame frame, HostVariables known, Text key, Search search) {
        return search.endsInRoles(known.roles(), true, key)
                || search.endsInRoles(frame.play().publicRoles(), true, key) || search.endsIn(known.files(), key)
                || search.ends(frame.prompted(), key) || search.endsIn(frame.play().params(), key)
                || search.ends(frame.play().vars().values(), key);
    }

    private boolean weaker(Text key, String name, Search search) {
        HostVariables known = world.variables(host);
        return search.ends(known.cached(), key) || search.ends(known.facts(), key)
                || search.ends(world.inventoryVariables(host), key)
                || (step != null && step.role().isPresent() && search.endsIn(step.role().get().visibleDefaults(), key))
                || (frame != null && (search.endsInRoles(known.roles(), false, key)
                        || search.endsInRoles(frame.play().publicRoles(), false, key)))
                || search.ends(search.found == null && frame != null ? ofConnection(name) : null);
    }

    /** How a host is reached, where nothing says: what its own templates see, but not {@code hostvars}. */
    private @Nullable Value ofConnection(String name) {
        return switch (name) {
            case "ansible_host" -> get("ansible_ssh_host") instanceof Undefined
                    ? new Text(host)
                    : get("ansible_ssh_host");
            case "ansible_connection" -> {
                Optional<String> keyword = step == null
                        ? Optional.empty()
                        : new Keywords(step.directives(), world.templates, this).text(Keyword.CONNECTION);
                String kind = keyword.orElse(world.options.login().connection());
                yield Nodes.isThisMachine(world, host) ? null : new Text(kind.equals("smart") ? "ssh" : kind);
            }
            default -> null;
        };
    }

    private @Nullable Value magic(String name) {
        return switch (name) {
            case "inventory_hostname" -> new Text(host);
            case "inventory_hostname_short" -> new Text(host.split("\\.", -1)[0]);
            case "inventory_dir" ->
                inventoryFile().map(file -> Optional.ofNullable(Path.of(file).getParent()).<Value>map(
                        path -> new Text(path.toString())).orElse(None.NONE)).orElse(null); // none of a list of hosts
            case "inventory_file" -> inventoryFile().<Value>map(Text::new).orElse(null);
            case "groups" -> world.groups();
            case "group_names" -> Value.texts(world.inventory().groupNames(host));
            case "hostvars" -> hostvars();
            case "vars" -> MapValue.view(new LazyMap(this::names, this::get));
            case "omit" -> Omit.OMIT;
            case "playbook_dir" -> new Text(world.playbookFolder().toString());
            case "ansible_facts" -> world.variables(host).namespaced();
            case "ansible_check_mode" -> Value.of(world.options.check());
            case "ansible_diff_mode" -> Value.of(world.options.diff());
            case "ansible_verbosity" -> Value.of(world.options.verbosity());
            case "ansible_forks" -> Value.of(world.options.forks());
            case "ansible_run_tags" -> Value.texts(world.options.tags().only().stream().sorted().toList());
            case "ansible_skip_tags" -> Value.texts(world.options.tags().skip().stream().sorted().toList());
            case "ansible_limit" -> world.options.limit().<Value>map(Text::new).orElse(null);
            case "ansible_version" -> AnsibleVersion.variable();
            case "ansible_inventory_sources" -> Value.texts(world.options.inventorySources());
            case "ansible_playbook_python" -> Python.path().<Value>map(Text::new).orElse(null);
            case "ansible_config_file" -> world.options.habits().configFile().<Value>map(Text::new).orElse(None.NONE);
            case "bramble_data" ->
                world.options.habits().data().<Value>map(path -> new Text(path.toString())).orElse(null);
            case "ansible_search_path" -> Value.texts(site().searchPath().stream().map(Path::toString).toList());
            case "environment" -> new ListValue(step == null
                    ? List.of()
                    : step.directives().environment().stream().map(setting -> setting.value()).toList());
            case "ansible_collection_name" -> ofRole(name);
            default -> name.startsWith("role_") || name.contains("role") ? ofRole(name) : playMagic(name);
        };
    }

    private @Nullable Value ofRole(String name) {
        if (ROLES_OF_PLAY.contains(name)) {
            return frame == null ? null : Value.texts(rolesOfPlay(frame, name));
        }
        if (step == null || step.role().isEmpty()) {
            return null;
        }
        Role role = step.role().get();
        List<Role> parents = role.includers();
        return switch (name) {
            case "role_path" -> new Text(role.path().toString());
            case "role_name" -> new Text(role.shortName());
            case "ansible_collection_name" -> role.collection().map(Text::new).orElse(null);
            case "ansible_role_name" -> new Text(role.name());
            case "ansible_parent_role_names" -> ofParents(parents, Role::name);
            case "ansible_parent_role_paths" -> ofParents(parents, parent -> parent.path().toString());
            default -> null;
        };
    }

    /** Not defined in a role that no other one includes. */
    private static @Nullable Value ofParents(List<Role> parents, Function<Role, String> told) {
        return parents.isEmpty() ? null : Value.texts(parents.stream().map(told).toList());
    }

    private List<String> rolesOfPlay(PlayFrame played, String name) {
        List<Role> roles = Stream.concat(played.play().publicRoles().stream(), world.variables(host).roles().stream())
                .toList();
        Stream<Role> dependencies = roles.stream().flatMap(Role::allDependencies);
        return switch (name) {
            case "ansible_dependent_role_names" -> dependencies.map(Role::name).distinct().toList();
            case "ansible_role_names" ->
                Stream.concat(dependencies, roles.stream()).map(Role::name).distinct().toList();
            default -> roles.stream().map(Role::name).toList();
        };
    }

    private @Nullable Value playMagic(String name) {
        if (frame == null) {
            return null;
        }
        return switch (name) {
            case "ansible_play_name" -> new Text(frame.name());
            case "ansible_play_hosts_all" -> Value.texts(frame.hosts());
            case "ansible_play_hosts" ->
                Value.texts(frame.hosts().stream().filter(one -> !frame.gone().contains(one)).toList());
            case "ansible_play_batch", "play_hosts" ->
                Value.texts(frame.batch().stream().filter(one -> !frame.gone().contains(one)).toList());
            default -> null;
        };
    }

    private Optional<String> inventoryFile() {
        return world.inventory().host(host).map(Host::origin).filter(origin -> !origin.isEmpty());
    }

    /** The variables of a host that a task is delegated to. */
    Value hostvarsOf(String other) {
        return hostvars(other);
    }

    private MapValue hostvars() {
        return MapValue.view(new LazyMap(world::hostNames, other -> world.knows(other)
                ? hostvars(other)
                : new Undefined("\"hostvars['" + other + "']\" is undefined", Source.NONE)));
    }

    private Value hostvars(String other) {
        HostScope scope = of(world, other);
        return MapValue.view(new LazyMap(scope::names, name -> {
            Value value = scope.get(name);
            return value instanceof Undefined ? value : world.templates.resolveKnown(value, scope);
        }));
    }

    @Override
    public Set<String> names() {
        var names = new LinkedHashSet<String>(); // those that win come last, as in Ansible's lists
        HostVariables known = world.variables(host);
        addNames(names, world.inventoryVariables(host));
        addNames(names, known.facts());
        if (frame != null) {
            frame.play().publicRoles().forEach(role -> addNames(names, role));
            frame.play().params().forEach(layer -> addNames(names, layer.values()));
            addNames(names, frame.play().vars().values());
            addNames(names, frame.prompted());
        }
        known.files().forEach(layer -> addNames(names, layer.values()));
        known.roles().forEach(role -> addNames(names, role));
        if (step != null) {
            step.role().ifPresent(role -> addNames(names, role));
            step.directives().vars().forEach(layer -> addNames(names, layer.values()));
            step.directives().params().forEach(layer -> addNames(names, layer.values()));
        }
        addNames(names, known.cached());
        addNames(names, known.included());
        addNames(names, known.set());
        addNames(names, world.options.extraVars());
        addNames(names, local);
        MagicNames.ALL.stream().sorted().filter(
                magic -> !UNLISTED.contains(magic) && magic(magic) != null)
                .forEach(names::add);
        return names;
    }

    private static void addNames(Set<String> names, Role role) {
        role.visibleVars().forEach(layer -> addNames(names, layer.values()));
        role.visibleDefaults().forEach(layer -> addNames(names, layer.values()));
        role.visibleParams().forEach(layer -> addNames(names, layer.values()));
    }

    private static void addNames(Set<String> names, MapValue map) {
        names.addAll(map.byName().keySet());
    }

    @Override
    public Site site() {
        var folders = new ArrayList<Path>();
        if (step != null) {
            step.role().ifPresent(role -> role.chain().reversed().forEach(one -> folders.add(one.path())));
            Path parent = step.file().getParent();
            if (parent != null) {
                folders.add(parent);
            }
        }
        folders.add(world.playbookFolder());
        return new Site(folders, world.playbookFolder());
    }
}
