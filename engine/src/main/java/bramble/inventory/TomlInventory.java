package bramble.inventory;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.yaml.Node;
import bramble.yaml.TomlReader;
import java.util.List;

/**
 * Reads an inventory in TOML form: groups at the top, each with {@code hosts} and {@code vars}, and {@code children} as a list
 * of names.
 */
final class TomlInventory {
    private TomlInventory() {}

    /** @throws ProblemException with file, line and column of the first thing that is wrong */
    static void read(String text, String file, Draft draft) {
        Node.Fields document = TomlReader.read(text, file);
        document.field("plugin").ifPresent(plugin -> {
            throw new ProblemException(Problem.error(plugin.key().source(),
                    "Tried to read this inventory, but a plugin can be configured in YAML only.", ""));
        });
        List<Node.Field> groups = document.fields().stream().map(TomlInventory::group).toList();
        YamlInventory.read(new Node.Fields(document.source(), "", groups), file, draft);
    }

    private static Node.Field group(Node.Field group) {
        return group.value() instanceof Node.Fields parts
                ? new Node.Field(group.key(), new Node.Fields(parts.source(), "",
                        parts.fields().stream().map(TomlInventory::part).toList()))
                : group;
    }

    /** The children, as YAML has them. */
    private static Node.Field part(Node.Field part) {
        if (part.name().equals("hosts") && part.value() instanceof Node.Scalar) {
            throw new ProblemException(Problem.error(part.value().source(),
                    "Tried to read the hosts of a group, but this is no table.", "Expected hosts.name = {}."));
        }
        boolean names = part.name().equals("children") && part.value() instanceof Node.Items list
                && list.items().stream().allMatch(Node.Scalar.class::isInstance);
        if (!names) {
            return part;
        }
        List<Node.Field> children = ((Node.Items) part.value()).items().stream().map(Node.Scalar.class::cast)
                .map(name -> new Node.Field(name, new Node.Scalar(name.source(), "", "", true))).toList();
        return new Node.Field(part.key(), new Node.Fields(part.value().source(), "", children));
    }
}
