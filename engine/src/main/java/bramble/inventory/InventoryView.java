package bramble.inventory;

import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import bramble.value.Vaulted;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An inventory in the forms that {@code ansible-inventory} prints. Templates are shown as they were written, and what is
 * encrypted stays so.
 *
 * @param inventory what groups give, and hosts by themselves
 * @param beside the same, with all that a playbook in the folder one is in would see of hosts
 * @param export whether variables stand at the group that gives them, instead of at each host
 * @param extra variables that are stronger than all others; they are no host's own
 * @param only the hosts that are shown
 */
public record InventoryView(Inventory inventory, Inventory beside, boolean export, MapValue extra, Set<String> only) {
    /** All hosts, without further variables. */
    public InventoryView(Inventory inventory, Inventory beside, boolean export) {
        this(inventory, beside, export, MapValue.EMPTY,
                inventory.hosts().stream().map(Host::name).collect(Collectors.toSet()));
    }

    private List<String> hosts(Group group) {
        return group.hosts().stream().filter(only::contains).toList();
    }

    /** What {@code --list} prints, as JSON with sorted keys. */
    public MapValue list() {
        var view = new LinkedHashMap<String, Value>();
        listGroup(Group.ALL, view);
        var variables = new LinkedHashMap<String, Value>();
        inventory.hosts().stream().filter(host -> only.contains(host.name())).forEach(host -> {
            MapValue own = variables(host.name());
            if (!own.entries().isEmpty()) {
                variables.put(host.name(), json(own));
            }
        });
        view.put("_meta", MapValue.of("hostvars", MapValue.named(variables)));
        return MapValue.named(view);
    }

    /** What {@code --host} prints, as JSON. */
    public MapValue host(String name) {
        return json(variables(name)) instanceof MapValue map ? map : MapValue.EMPTY;
    }

    /** What {@code --host --yaml} and {@code --host --toml} print; encrypted values are still {@link Vaulted} in it. */
    public MapValue hostAsItIs(String name) {
        return sorted(variables(name));
    }

    private MapValue variables(String host) {
        return export ? inventory.hostVariables(host) : beside.variables(host).with(extra);
    }

    private MapValue groupVariables(String name) {
        int priority = inventory.group(name).orElseThrow().priority();
        MapValue variables = inventory.groupVariables(name);
        return priority == Group.USUAL_PRIORITY ? variables : variables.with(Group.PRIORITY, priority);
    }

    private void listGroup(String name, Map<String, Value> view) {
        Group group = inventory.group(name).orElseThrow();
        var parts = new LinkedHashMap<String, Value>();
        List<String> members = hosts(group);
        if (!name.equals(Group.ALL) && !members.isEmpty()) {
            parts.put("hosts", Value.texts(members));
        }
        if (!group.children().isEmpty()) {
            parts.put("children", Value.texts(group.children()));
        }
        MapValue variables = export ? groupVariables(name) : MapValue.EMPTY;
        if (!variables.entries().isEmpty()) {
            parts.put("vars", json(variables));
        }
        if (!parts.isEmpty()) {
            view.put(name, MapValue.named(parts));
        }
        group.children().forEach(child -> listGroup(child, view));
    }

    /** What {@code --list --yaml} prints; encrypted values are still {@link Vaulted} in it. */
    public MapValue yaml() {
        return MapValue.of(Group.ALL, yamlGroup(Group.ALL, new LinkedHashSet<>()));
    }

    private MapValue yamlGroup(String name, Set<String> shown) {
        Group group = inventory.group(name).orElseThrow();
        var children = new TreeMap<String, Value>();
        group.children().forEach(child -> children.put(child, yamlGroup(child, shown)));
        var hosts = new TreeMap<String, Value>();
        if (!name.equals(Group.ALL)) {
            hosts(group).forEach(host -> hosts.put(host, shown.add(host) ? sorted(variables(host)) : MapValue.EMPTY));
        }
        var parts = new LinkedHashMap<String, Value>();
        if (!children.isEmpty()) {
            parts.put("children", MapValue.named(children));
        }
        if (!hosts.isEmpty()) {
            parts.put("hosts", MapValue.named(hosts));
        }
        MapValue variables = export ? groupVariables(name) : MapValue.EMPTY;
        if (!variables.entries().isEmpty()) {
            parts.put("vars", sorted(variables));
        }
        return MapValue.named(parts);
    }

    /** What {@code --list --toml} prints. */
    public MapValue toml() {
        var view = new LinkedHashMap<String, Value>();
        tomlGroup(Group.ALL, view, new LinkedHashSet<>());
        return MapValue.named(view);
    }

    private void tomlGroup(String name, Map<String, Value> view, Set<String> shown) {
        Group group = inventory.group(name).orElseThrow();
        boolean all = name.equals(Group.ALL);
        var parts = new LinkedHashMap<String, Value>();
        view.put(name, MapValue.EMPTY); // its place is before those of its children
        if (!all && !group.children().isEmpty()) {
            parts.put("children", Value.texts(group.children()));
        }
        group.children().forEach(child -> tomlGroup(child, view, shown));
        if (!all && !hosts(group).isEmpty()) {
            var hosts = new LinkedHashMap<String, Value>();
            hosts(group).forEach(
                    host -> hosts.put(host, shown.add(host) ? plain(variables(host)) : MapValue.EMPTY));
            parts.put("hosts", MapValue.named(hosts));
        }
        MapValue variables = export ? groupVariables(name) : MapValue.EMPTY;
        if (!variables.entries().isEmpty()) {
            parts.put("vars", plain(variables));
        }
        if (parts.isEmpty()) {
            view.remove(name);
        } else {
            view.put(name, MapValue.named(parts));
        }
    }

    private static MapValue sorted(MapValue map) {
        return MapValue.named(new TreeMap<>(map.byName()));
    }

    /** What {@code --graph} prints for a group that is there, each line with its end. */
    public String graph(String group, boolean withVariables) {
        var lines = new StringBuilder();
        graph(group, 0, withVariables, lines);
        return lines.toString();
    }

    private void graph(String name, int depth, boolean withVariables, StringBuilder lines) {
        Group group = inventory.group(name).orElseThrow();
        line("@" + name + ":", depth, lines);
        group.children().forEach(child -> graph(child, depth + 1, withVariables, lines));
        if (!name.equals(Group.ALL)) {
            for (String host : hosts(group)) {
                line(host, depth + 1, lines);
                if (withVariables) {
                    variables(variables(host), depth + 2, lines);
                }
            }
        }
        if (withVariables) {
            variables(groupVariables(name), depth + 1, lines);
        }
    }

    private static void variables(MapValue variables, int depth, StringBuilder lines) {
        new TreeMap<>(variables.byName()).forEach((name, value) -> line("{" + name + " = "
                + (value instanceof Vaulted ? "!vault" : PythonText.of(plain(value))) + "}", depth, lines));
    }

    private static void line(String text, int depth, StringBuilder lines) {
        if (depth > 0) {
            lines.append("  |".repeat(depth)).append("--");
        }
        lines.append(text).append('\n');
    }

    private static Value plain(Value value) {
        return switch (value) {
            case Template(String text, _) -> new Text(text);
            case Vaulted _ -> new Text("!vault");
            case ListValue list -> new ListValue(list.items().stream().map(InventoryView::plain).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, entry) -> entries.put(key, plain(entry)));
                yield new MapValue(entries);
            }
            case Value other -> other;
        };
    }

    private static Value json(Value value) {
        return switch (value) {
            case Text(String text) when Template.marked(text) -> MapValue.of("__ansible_unsafe", text);
            case Template(String text, _) -> new Text(text);
            case Vaulted vaulted -> MapValue.of("__ansible_vault", vaulted.envelope());
            case ListValue list -> items(list.items());
            case bramble.value.TupleValue(List<Value> items) -> items(items);
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, entry) -> entries.put(key, json(entry)));
                yield new MapValue(entries);
            }
            case Value other -> other;
        };
    }

    private static ListValue items(Collection<Value> items) {
        return new ListValue(items.stream().map(InventoryView::json).toList());
    }
}
