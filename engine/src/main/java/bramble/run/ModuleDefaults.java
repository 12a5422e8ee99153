package bramble.run;

import bramble.event.Event;
import bramble.module.AnyModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Library;
import bramble.playbook.Routes;
import bramble.playbook.Task;
import bramble.problem.Problem;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whom an entry of {@code module_defaults} concerns: a module, or the modules of a {@code group/name}, which a collection's
 * {@code meta/runtime.yml} lists.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_module_defaults.html">Module defaults</a>
 */
record ModuleDefaults(World world, Task task, Optional<AnyModule> module) {
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
            List<String> groups = group.contains(".")
                    ? List.of(group)
                    : SHORT.getOrDefault(group, List.of(Routes.BUILTIN + "." + group));
            Set<String> mine = names();
            return groups.stream().flatMap(name -> members(name).stream()).anyMatch(mine::contains);
        }
        if (world.modules.find(key).filter(found -> module.equals(Optional.of(found))).isPresent()) {
            return true;
        }
        Set<String> mine = names();
        return mine.contains(key) || (key.contains(".") && !key.startsWith("ansible.") && mine.contains(
                world.loader.library(world.collections()).way(key).names().getLast()))
                || (key.indexOf('.') < 0 && task.directives().collections().stream()
                        .anyMatch(collection -> mine.contains(collection + "." + key)));
    }

    private Set<String> members(String group) {
        return world.loader.routes().members(group, world.collections(), why -> {
            if (world.options.habits().checksGroups()) {
                world.events.tell(new Event.Warned(Instant.now(), Problem.warning(task.source(), why, "")));
            }
        });
    }

    /** Every name by which the task's module goes. */
    private Set<String> names() {
        var names = new LinkedHashSet<String>();
        ActionCall call = task.action();
        if (call.arguments().get(ActionCall.FILE).isEmpty()) {
            module.ifPresent(found -> {
                names.add("ansible.builtin." + found.name());
                world.modules.doc(found.name()).ifPresent(doc -> names.add(doc.collection() + "." + found.name()));
            });
            names.add(call.written());
            return names;
        }
        Optional<Library.Way> way = world.way(task);
        way.ifPresent(found -> names.addAll(found.names()));
        if (way.isEmpty()) {
            String name = call.written().substring(call.written().lastIndexOf('.') + 1);
            names.add(name);
            names.add("ansible.legacy." + name);
        }
        return names;
    }
}
