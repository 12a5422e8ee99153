package bramble.run;

import bramble.module.AnyModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom an entry of {@code module_defaults} concerns: a module, or the modules of a {@code group/name}, which a collection's
 * {@code meta/runtime.yml} lists.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_module_defaults.html">Module defaults</a>
 */
record ModuleDefaults(World world, Task task, Optional<AnyModule> module) {
    private static final Pattern IN_COLLECTION = Pattern
            .compile(".*/ansible_collections/([^/]+)/([^/]+)/plugins/(?:modules|action)/(.+)\\.[^./]+");
    /** Short names of groups, and those of collections that they stand for. */
    private static final Map<String, List<String>> SHORT = Map.ofEntries(
            Map.entry("acme", List.of("community.crypto.acme")),
            Map.entry("aws", List.of("amazon.aws.aws", "community.aws.aws")),
            Map.entry("azure", List.of("azure.azcollection.azure")),
            Map.entry("docker", List.of("community.docker.docker")),
            Map.entry("gcp", List.of("google.cloud.gcp")),
            Map.entry("k8s", List.of("kubernetes.core.k8s", "community.kubernetes.k8s", "community.okd.k8s")),
            Map.entry("os", List.of("openstack.cloud.os")),
            Map.entry("ovirt", List.of("ovirt.ovirt.ovirt")),
            Map.entry("vmware", List.of("community.vmware.vmware")));

    boolean concerns(String key) {
        if (key.startsWith("group/")) {
            String group = key.substring("group/".length());
            Set<String> mine = names();
            return (group.contains(".") ? List.of(group) : SHORT.getOrDefault(group, List.of())).stream()
                    .flatMap(name -> members(name, new HashSet<>()).stream()).anyMatch(mine::contains);
        }
        if (world.modules.find(key).filter(found -> module.equals(Optional.of(found))).isPresent()) {
            return true;
        }
        Set<String> mine = names();
        return mine.contains(key) || (key.indexOf('.') < 0 && task.directives().collections().stream()
                .anyMatch(collection -> mine.contains(collection + "." + key)));
    }

    /** Every name by which the task's module goes. */
    private Set<String> names() {
        var names = new LinkedHashSet<String>();
        ActionCall call = task.action();
        Optional<String> file = call.arguments().get(ActionCall.FILE).map(PythonText::of);
        if (file.isEmpty()) {
            module.ifPresent(found -> {
                names.add("ansible.builtin." + found.name());
                world.modules.doc(found.name()).ifPresent(doc -> names.add(doc.collection() + "." + found.name()));
            });
            names.add(call.written());
            return names;
        }
        Matcher collection = IN_COLLECTION.matcher(file.get());
        if (collection.matches()) {
            names.add(collection.group(1) + "." + collection.group(2) + "." + collection.group(3).replace('/', '.'));
        } else {
            String name = call.written().substring(call.written().lastIndexOf('.') + 1);
            names.add(name);
            names.add("ansible.legacy." + name);
        }
        return names;
    }

    /** The full names of a group's modules, with those of the groups that it extends. */
    private Set<String> members(String group, Set<String> seen) {
        String[] words = group.split("\\.", 3);
        if (words.length < 3 || !seen.add(group)) {
            return Set.of();
        }
        String home = words[0] + "." + words[1] + ".";
        var members = new LinkedHashSet<String>();
        for (Value entry : items(groups(words[0], words[1]).get(words[2]))) {
            if (entry instanceof MapValue map && map.get("metadata").orElse(null) instanceof MapValue metadata) {
                for (Value other : items(metadata.get("extend_group"))) {
                    String name = PythonText.of(other);
                    members.addAll(members(name.contains(".") ? name : home + name, seen));
                }
            } else if (entry instanceof Text(String name)) {
                members.add(name.contains(".") ? name : home + name);
            }
        }
        return members;
    }

    private static List<Value> items(Optional<Value> value) {
        return switch (value.orElse(null)) {
            case ListValue list -> list.items();
            case Text text -> List.of(text);
            case null, default -> List.of();
        };
    }

    private MapValue groups(String namespace, String name) {
        for (Path root : world.collections()) {
            Path file = root.resolve("ansible_collections").resolve(namespace).resolve(name)
                    .resolve("meta/runtime.yml");
            if (Files.isRegularFile(file)) {
                try {
                    Value runtime = NodeValues
                            .of(YamlReader.readOne(Files.readString(file), file.toString(), _ -> {}));
                    return runtime instanceof MapValue map
                            && map.get("action_groups").orElse(null) instanceof MapValue groups
                                    ? groups
                                    : MapValue.EMPTY;
                } catch (IOException | ProblemException e) {
                    return MapValue.EMPTY; // a collection that can't be read has no groups
                }
            }
        }
        return MapValue.EMPTY;
    }
}
