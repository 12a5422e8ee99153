package bramble.inventory;

import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The hosts, their groups and their variables, as the inventory sources, group_vars and host_vars give them. It does not
 * change: what a run adds ({@code add_host}, {@code group_by}) makes a new one.
 */
public final class Inventory {
    /** The names of this machine. */
    public static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1");

    private final Map<String, Host> hosts;
    private final Map<String, Group> groups;
    private final VariableFiles files;
    private final List<String> folders;
    private final String playbookFolder;
    /** Of each host, the groups it is in, direct or not, without all: the weakest first. */
    private final Map<String, List<String>> groupsOfHost;

    Inventory(Map<String, Host> hosts, Map<String, Group> groups, VariableFiles files, List<String> folders,
            String playbookFolder) {
        this.hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
        this.groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        this.files = files;
        this.folders = List.copyOf(folders);
        this.playbookFolder = playbookFolder;
        this.groupsOfHost = groupsOfHost();
    }

    private Map<String, List<String>> groupsOfHost() {
        var found = new LinkedHashMap<String, List<String>>();
        groups.values().stream().filter(group -> !group.name().equals(Group.ALL))
                .sorted(Comparator.comparingInt(Group::depth).thenComparingInt(Group::priority)
                        .thenComparing(Group::name))
                .forEach(group -> hostNames(group.name())
                        .forEach(host -> found.computeIfAbsent(host, _ -> new ArrayList<>()).add(group.name())));
        return found;
    }

    /** Those that were written down or added, in the order in which they were first named. */
    public Collection<Host> hosts() {
        return hosts.values();
    }

    /**
     * A host by its name; {@code localhost}, {@code 127.0.0.1} and {@code ::1} are there even if nobody named them: as the
     * first of the three that somebody did name, or else as a host of its own.
     */
    public Optional<Host> host(String name) {
        Host known = hosts.get(name);
        if (known == null && LOCAL.contains(name)) {
            Optional<Host> other = hosts.values().stream().filter(host -> LOCAL.contains(host.name())).findFirst();
            return other.isPresent()
                    ? other
                    : Optional.of(new Host(name, "",
                            Variables.of(MapValue.of("ansible_connection", "local"), Source.NONE), true));
        }
        return Optional.ofNullable(known);
    }

    public Collection<Group> groups() {
        return groups.values();
    }

    public Optional<Group> group(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    /** The hosts of a group and of all groups under it: its own first, then level by level. */
    public List<Host> members(String group) {
        return hostNames(group).stream().map(hosts::get).flatMap(Stream::ofNullable).toList();
    }

    private Set<String> hostNames(String group) {
        var names = new LinkedHashSet<String>();
        var seen = new LinkedHashSet<>(List.of(group));
        List<String> level = List.of(group);
        while (!level.isEmpty()) {
            var next = new ArrayList<String>();
            for (String name : level) {
                Group found = groups.get(name);
                if (found != null) {
                    names.addAll(found.hosts());
                    found.children().stream().filter(seen::add).forEach(next::add);
                }
            }
            level = next;
        }
        return names;
    }

    /** The magic variable {@code group_names}: every group that the host is in, sorted, without all. */
    public List<String> groupNames(String host) {
        return groupsOfHost.getOrDefault(host, List.of()).stream().sorted().toList();
    }

    /** The magic variable {@code groups}: of each group, the names of all its hosts. */
    public MapValue groupsVariable() {
        var named = new LinkedHashMap<String, Value>();
        groups.keySet().forEach(name -> named.put(name, Value.texts(List.copyOf(hostNames(name)))));
        return MapValue.named(named);
    }

    /** Every place that gives the host variables, the weakest first; places that give none are left out. */
    public List<Layer> layers(String host) {
        List<String> own = groupsOfHost.getOrDefault(host, List.of());
        var layers = new ArrayList<Layer>();
        layers.add(inventoryLayer(Level.ALL_IN_INVENTORY, Group.ALL));
        own.forEach(group -> layers.add(inventoryLayer(Level.GROUP_IN_INVENTORY, group)));
        List<String> playbook = playbookFolder.isEmpty() ? List.of() : List.of(playbookFolder);
        layers.addAll(fileLayers(Level.ALL_BESIDE_INVENTORY, folders, VariableFiles.GROUPS, List.of(Group.ALL)));
        layers.addAll(fileLayers(Level.ALL_BESIDE_PLAYBOOK, playbook, VariableFiles.GROUPS, List.of(Group.ALL)));
        layers.addAll(fileLayers(Level.GROUP_BESIDE_INVENTORY, folders, VariableFiles.GROUPS, own));
        layers.addAll(fileLayers(Level.GROUP_BESIDE_PLAYBOOK, playbook, VariableFiles.GROUPS, own));
        host(host).ifPresent(found -> layers.add(new Layer(Level.HOST_IN_INVENTORY, host, found.variables())));
        layers.addAll(fileLayers(Level.HOST_BESIDE_INVENTORY, folders, VariableFiles.HOSTS, List.of(host)));
        layers.addAll(fileLayers(Level.HOST_BESIDE_PLAYBOOK, playbook, VariableFiles.HOSTS, List.of(host)));
        return layers.stream().filter(layer -> !layer.variables().isEmpty()).toList();
    }

    private Layer inventoryLayer(Level level, String group) {
        Group found = groups.get(group);
        return new Layer(level, group, found == null ? Variables.NONE : found.variables());
    }

    private List<Layer> fileLayers(Level level, List<String> places, String kind, List<String> owners) {
        return places.stream().flatMap(folder -> owners.stream().flatMap(owner -> files.of(folder, kind, owner).stream()
                .map(variables -> new Layer(level, owner, variables)))).toList();
    }

    /** The host's variables, the stronger layers over the weaker ones. */
    public MapValue variables(String host) {
        return merged(layers(host));
    }

    /** The variables that a group gives by itself, from the inventory and from group_vars; not those of its parents. */
    public MapValue groupVariables(String group) {
        boolean all = group.equals(Group.ALL);
        var layers = new ArrayList<Layer>();
        layers.add(inventoryLayer(Level.GROUP_IN_INVENTORY, group));
        layers.addAll(fileLayers(all ? Level.ALL_BESIDE_INVENTORY : Level.GROUP_BESIDE_INVENTORY, folders,
                VariableFiles.GROUPS, List.of(group)));
        if (!playbookFolder.isEmpty()) {
            layers.addAll(fileLayers(all ? Level.ALL_BESIDE_PLAYBOOK : Level.GROUP_BESIDE_PLAYBOOK,
                    List.of(playbookFolder), VariableFiles.GROUPS, List.of(group)));
        }
        return merged(layers);
    }

    /** The variables that only the host gives itself, from the inventory and from host_vars. */
    public MapValue hostVariables(String host) {
        return merged(
                layers(host).stream().filter(layer -> layer.level().compareTo(Level.HOST_IN_INVENTORY) >= 0).toList());
    }

    private MapValue merged(List<Layer> layers) {
        MapValue all = MapValue.EMPTY;
        for (Layer layer : layers) {
            all = files.merging().over(layer.variables().values(), all);
        }
        return all;
    }

    /** Reads the variable files of every host and group, so that whatever is wrong with them is said now. */
    void check() {
        var paths = new ArrayList<String>(folders);
        if (!playbookFolder.isEmpty()) {
            paths.add(playbookFolder);
        }
        files.prepare(paths, groups.keySet(), hosts.keySet());
    }

    /** The same, with the group_vars and host_vars beside a playbook as well. */
    public Inventory besidePlaybook(String folder) {
        var beside = new Inventory(hosts, groups, files, folders, folder);
        beside.check();
        return beside;
    }

    /** The same with one more host, or with more variables and groups for one that is there ({@code add_host}). */
    public Inventory withHost(String name, List<String> inGroups, MapValue variables, Source source) {
        return changed(draft -> {
            if (!draft.hasHost(name)) {
                draft.host(name, Group.ALL, "", source);
            }
            inGroups.forEach(group -> draft.host(name, group, "", source));
            draft.hostVariables(name, Variables.of(variables, source));
            return draft;
        });
    }

    /** The same with hosts put into a group, which comes to be under the given parents ({@code group_by}). */
    public Inventory withGroup(String group, List<String> parents, List<String> members, Source source) {
        return changed(draft -> {
            draft.group(group, source);
            for (String parent : parents) {
                draft.group(parent, source);
                draft.child(parent, group, source);
            }
            members.stream().filter(draft::hasHost).forEach(host -> draft.host(host, group, "", source));
            return draft;
        });
    }

    private Inventory changed(Function<Draft, Draft> change) {
        return change.apply(new Draft(this, files.merging())).build(files, folders, playbookFolder);
    }

    /** An inventory in which only the implicit localhost can be found. */
    public static Inventory empty(VariableFiles files) {
        return new Draft(_ -> {}, files.merging()).build(files, List.of(), "");
    }

    @Override
    public String toString() {
        return hosts.keySet() + " in " + groups.keySet();
    }
}
