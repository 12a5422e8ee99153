package bramble.cli;

import bramble.inventory.Host;
import bramble.inventory.Inventory;
import bramble.inventory.Layer;
import bramble.inventory.Variables;
import bramble.playbook.Block;
import bramble.playbook.Play;
import bramble.playbook.Playbook;
import bramble.playbook.PlaybookLoader;
import bramble.playbook.Role;
import bramble.playbook.RoleRequest;
import bramble.playbook.Step;
import bramble.playbook.Task;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Finds variables that are named after a role of the playbooks, and that it doesn't have: what is misspelt would have no
 * effect, and no error. Only roles that say what their variables are, by an argument specification, are looked at.
 */
final class RoleVariables {
    /** The roles that declare their variables, with these. */
    private final Map<String, Set<String>> declared = new TreeMap<>();
    /** What roles have, and what plays set for anybody. */
    private final Set<String> known = new HashSet<>();
    private final List<Variables> given = new ArrayList<>();
    private final Set<RoleRequest> included = new HashSet<>();
    private final Set<Variables> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private final PlaybookLoader loader;

    private RoleVariables(PlaybookLoader loader) {
        this.loader = loader;
    }

    /** @param extraVars those of the command line */
    static void check(List<Playbook> playbooks, PlaybookLoader loader, Inventory inventory, MapValue extraVars,
            Consumer<Problem> warnings) {
        var variables = new RoleVariables(loader);
        for (Playbook playbook : playbooks) {
            for (Play play : playbook.plays()) {
                variables.given.add(play.vars());
                Stream.of(play.preTasks(), play.roles(), play.tasks(), play.postTasks()).flatMap(List::stream)
                        .forEach(step -> variables.walk(play, step));
            }
        }
        if (!variables.declared.isEmpty()) {
            variables.given.add(Variables.of(extraVars, Source.file("command line")));
            variables.addAll(inventory);
            playbooks.stream().map(Playbook::file).map(Path::toAbsolutePath).map(Path::getParent).distinct()
                    .forEach(folder -> variables.addAll(inventory.besidePlaybook(folder.toString())));
            variables.tell(warnings);
        }
    }

    private void addAll(Inventory inventory) {
        for (Host host : inventory.hosts()) {
            inventory.layers(host.name()).stream().map(Layer::variables).filter(seen::add)
                    .forEach(given::add);
        }
    }

    private void walk(Play play, Step step) {
        switch (step) {
            case Block block -> {
                block.role().ifPresent(this::add);
                Stream.of(block.tasks(), block.rescue(), block.always()).flatMap(List::stream)
                        .forEach(one -> walk(play, one));
            }
            case Task task -> {
                if (task.action().is("include_role")) {
                    include(play, task);
                }
                if (task.action().is("validate_argument_spec")
                        && task.action().arguments().get("argument_spec").orElse(null) instanceof MapValue options) {
                    known.addAll(options.byName().keySet());
                    task.role().ifPresent(role -> declared.computeIfAbsent(role.shortName(), _ -> new TreeSet<>())
                            .addAll(options.byName().keySet()));
                }
            }
        }
    }

    /** The role that a task includes by its name, once. */
    private void include(Play play, Task task) {
        MapValue arguments = task.action().arguments();
        arguments.get("name").or(() -> arguments.get("role")).filter(Text.class::isInstance).map(PythonText::of)
                .map(name -> RoleRequest.of(name, arguments, false)).filter(included::add)
                .flatMap(role -> loader.look(role, play, task).value())
                .ifPresent(role -> walk(play, role.block(task.source(), task.name())));
    }

    private void add(Role role) {
        Stream.of(role.defaults(), role.vars()).flatMap(List::stream)
                .forEach(layer -> known.addAll(layer.values().byName().keySet()));
    }

    private void tell(Consumer<Problem> warnings) {
        var told = new TreeMap<String, Variables>();
        given.forEach(layer -> layer.values().byName().keySet().stream().filter(name -> !known.contains(name))
                .forEach(name -> told.putIfAbsent(name, layer)));
        told.forEach((name, layer) -> declared.keySet().stream().filter(role -> name.startsWith(role + "_"))
                .max(Comparator.comparingInt(String::length))
                .ifPresent(role -> warnings.accept(Problem.warning(layer.place(name),
                        "The role " + role + " has no variable " + name + ".",
                        hint(name, declared.getOrDefault(role, Set.of()))))));
    }

    private static String hint(String name, Set<String> names) {
        String near = Nearest.hint(name, names);
        return near.isEmpty() ? "It has " + String.join(", ", names) + "." : near;
    }
}
