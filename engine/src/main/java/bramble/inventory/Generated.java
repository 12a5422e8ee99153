package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.template.Scope;
import bramble.template.Scopes;
import bramble.template.Site;
import bramble.template.Templates;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The inventory plugin {@code generator}: a host for each combination of what the layers list, its name and its groups made by
 * templates.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/collections/ansible/builtin/generator_inventory.html">its options</a>
 */
final class Generated {
    static final Set<String> NAMES = Set.of("generator", "ansible.builtin.generator");
    private static final int MOST = 100_000;

    private final String file;
    private final Draft draft;
    private final Templates templates;
    private final Site site;

    private Generated(String file, Draft draft, Templates templates, Site site) {
        this.file = file;
        this.draft = draft;
        this.templates = templates;
        this.site = site;
    }

    /** @throws ProblemException where an option is wrong */
    static void read(Node.Fields config, String file, Draft draft, Templates templates, Site site) {
        new Generated(file, draft, templates, site).read(config);
    }

    private void read(Node.Fields config) {
        Node.Fields hosts = mapping(config, "hosts");
        Node.Field name = named(hosts, "hosts");
        for (MapValue values : combinations(mapping(config, "layers"))) {
            Scope scope = Scopes.of(values.byName(), site);
            String host = text(name.value(), scope);
            draft.host(host, Group.UNGROUPED, file, name.value().source());
            parents(hosts, host, true, scope);
        }
    }

    private List<MapValue> combinations(Node.Fields layers) {
        List<MapValue> all = List.of(MapValue.EMPTY);
        for (Node.Field layer : layers.fields()) {
            if (!(layer.value() instanceof Node.Items list)) {
                throw wrong(layer.value(), "the layer " + layer.name(), "a list of values");
            }
            if ((long) all.size() * list.items().size() > MOST) {
                throw new ProblemException(layer.key().source(), "Tried to make the hosts of this inventory, but its "
                        + "layers stand for more than " + MOST + ".");
            }
            var more = new ArrayList<MapValue>();
            for (MapValue before : all) {
                list.items().forEach(item -> more.add(before.with(layer.name(), NodeValues.of(item))));
            }
            all = more;
        }
        return all;
    }

    /** @param child a host, or a group */
    private void parents(Node.Fields of, String child, boolean host, Scope scope) {
        Node list = of.field("parents").map(Node.Field::value).orElse(null);
        if (list == null) {
            return;
        }
        if (!(list instanceof Node.Items items)) {
            throw wrong(list, "parents", "a list");
        }
        for (Node item : items.items()) {
            if (!(item instanceof Node.Fields parent)) {
                throw wrong(item, "an entry of parents", "a mapping with a name");
            }
            Node.Field name = named(parent, "an entry of parents");
            String group = text(name.value(), scope);
            draft.group(group, name.value().source());
            if (parent.field("vars").map(Node.Field::value).orElse(null) instanceof Node.Fields variables) {
                for (Node.Field variable : variables.fields()) {
                    draft.groupVariables(group, Variables.NONE.with(variable.name(),
                            templates.resolve(NodeValues.of(variable.value()), scope), variable.key().source()));
                }
            }
            if (host) {
                draft.host(child, group, file, name.value().source());
            } else {
                draft.child(group, child, name.value().source());
            }
            parents(parent, group, false, scope);
        }
    }

    private String text(Node node, Scope scope) {
        return PythonText.of(templates.resolve(NodeValues.of(node), scope));
    }

    private static Node.Field named(Node.Fields fields, String what) {
        return fields.field("name").orElseThrow(() -> wrong(fields, what, "a mapping with a name"));
    }

    private static Node.Fields mapping(Node.Fields config, String name) {
        Node.Field field = config.field(name).orElseThrow(() -> new ProblemException(Problem.error(config.source(),
                "Tried to make the hosts of this inventory, but it has no " + name + ".",
                "The plugin generator needs hosts and layers.")));
        return switch (field.value()) {
            case Node.Fields fields -> fields;
            case Node other -> throw wrong(other, name, "a mapping");
        };
    }

    private static ProblemException wrong(Node node, String what, String expected) {
        return new ProblemException(node.source(), "Tried to read " + what + ", but this is not " + expected + ".");
    }
}
