package bramble.playbook;

import bramble.inventory.Variables;
import bramble.value.MapValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A role in one of the places that use it. Its steps are in the {@link Block} that carries it.
 *
 * @param name as it was asked for, {@code k3s/master} or {@code my.collection.web}
 * @param path the role's folder
 * @param parent the role that has this one as its dependency, or whose task includes or imports it; its own dependencies
 *     are left out there
 * @param dependencies the roles that are done before, in order
 * @param defaults the defaults, the weakest first
 * @param vars the role's {@code vars/main.yml} and the like, and the {@code vars} of the entry that uses it, weakest first
 * @param params what the entry that uses it gives beside the keywords
 * @param identity equal for uses of one role with the same parameters. A host that is through with one of them passes over
 *     the others, unless {@code allowDuplicates}. It counts as through once it came to the role's end and a task of the
 *     role was not skipped
 * @param isPublic whether its defaults and vars are seen by the whole play
 * @param byTask whether a task includes or imports it
 * @param checks what must hold of its variables before any node is touched; none where other tasks than its main ones are
 *     asked for
 */
public record Role(String name, Path path, Optional<Role> parent, List<Role> dependencies, List<Variables> defaults,
        List<Variables> vars, Variables params, Identity identity, boolean allowDuplicates, boolean isPublic,
        boolean byTask, List<RoleCheck> checks) {

    /** What makes two uses of a role the same. */
    public record Identity(Path path, MapValue parameters) {}

    public Role {
        dependencies = List.copyOf(dependencies);
        defaults = List.copyOf(defaults);
        vars = List.copyOf(vars);
        checks = List.copyOf(checks);
    }

    /** The collection that the role is part of, {@code my.collection}. */
    public Optional<String> collection() {
        String[] words = name.split("\\.", 3);
        return words.length == 3
                && path.toString().contains("/ansible_collections/" + words[0] + "/" + words[1] + "/roles/")
                        ? Optional.of(words[0] + "." + words[1])
                        : Optional.empty();
    }

    /** The name without its collection, where the role is part of one. */
    public String shortName() {
        return collection().map(own -> name.substring(own.length() + 1)).orElse(name);
    }

    /** The roles that led here, the outermost first, this one last. */
    public List<Role> chain() {
        var chain = new ArrayList<>(parent.map(Role::chain).orElse(List.of()));
        chain.add(this);
        return List.copyOf(chain);
    }

    /** The roles whose tasks include or import this one, the innermost first. */
    public List<Role> includers() {
        var includers = new ArrayList<Role>();
        for (Optional<Role> one = Optional.of(this); one.isPresent(); one = one.get().parent) {
            if (one.get().byTask) {
                one.get().parent.ifPresent(includers::add);
            }
        }
        return List.copyOf(includers);
    }

    /** The roles that are done before it, and before these. */
    public Stream<Role> allDependencies() {
        return dependencies.stream().flatMap(role -> Stream.concat(role.allDependencies(), Stream.of(role)));
    }

    /** The defaults that the role's tasks see, weakest first: dependencies', parents', its own. */
    public List<Variables> visibleDefaults() {
        var layers = new ArrayList<Variables>();
        dependencies.forEach(role -> layers.addAll(role.visibleDefaultsBelow()));
        parent.ifPresent(role -> role.chain().forEach(one -> layers.addAll(one.defaults)));
        layers.addAll(defaults);
        return List.copyOf(layers);
    }

    private List<Variables> visibleDefaultsBelow() {
        var layers = new ArrayList<Variables>();
        dependencies.forEach(role -> layers.addAll(role.visibleDefaultsBelow()));
        layers.addAll(defaults);
        return layers;
    }

    /** The role variables that the role's tasks see, weakest first: parents', dependencies', its own. */
    public List<Variables> visibleVars() {
        var layers = new ArrayList<Variables>();
        parent.ifPresent(role -> role.chain().forEach(one -> layers.addAll(one.vars)));
        layers.addAll(visibleVarsBelow());
        return List.copyOf(layers);
    }

    private List<Variables> visibleVarsBelow() {
        var layers = new ArrayList<Variables>();
        dependencies.forEach(role -> layers.addAll(role.visibleVarsBelow()));
        layers.addAll(vars);
        return layers;
    }

    /** The parameters that the role's tasks see, weakest first: parents', its own. */
    public List<Variables> visibleParams() {
        return chain().stream().map(Role::params).toList();
    }
}
