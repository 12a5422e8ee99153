package bramble.inventory;

import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.value.Int;
import bramble.yaml.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an inventory in YAML form: groups at the top, each with {@code hosts}, {@code vars} and {@code children}. */
final class YamlInventory {
    private static final List<String> PARTS = List.of("hosts", "vars", "children");

    private final Draft draft;
    private final String file;

    private YamlInventory(Draft draft, String file) {
        this.draft = draft;
        this.file = file;
    }

    /** @throws ProblemException with file, line and column of the first thing that is wrong */
    static void read(Node.Fields groups, String file, Draft draft) {
        var inventory = new YamlInventory(draft, file);
        groups.fields().forEach(inventory::group);
    }

    private void group(Node.Field field) {
        String name = field.name();
        if (!(field.value() instanceof Node.Fields) && !empty(field.value())) {
            draft.warn(Problem.warning(field.value().source(),
                    "Skipping \"" + name + "\", as this is no definition of a group.",
                    "Expected a mapping with hosts, vars or children."));
            return;
        }
        draft.group(name, field.key().source());
        if (field.value() instanceof Node.Fields parts) {
            parts.fields().forEach(part -> part(name, part));
        }
    }

    private void part(String group, Node.Field part) {
        switch (part.name()) {
            case "vars" -> {
                if (mapping(group, part) != null) {
                    draft.groupVariables(group, Variables.of(part.value()));
                }
            }
            case "children" -> {
                for (Node.Field child : entries(group, part)) {
                    group(child);
                    if (draft.hasGroup(child.name())) {
                        draft.child(group, child.name(), child.key().source());
                    }
                }
            }
            case "hosts" -> entries(group, part).forEach(host -> hosts(group, host));
            case String name -> draft.warn(Problem.warning(part.key().source(), "Skipping unexpected key (" + name
                    + ") in group (" + group + "), only \"vars\", \"children\" and \"hosts\" are valid",
                    PARTS.contains(group)
                            ? "\"" + group + ":\" belongs below a group: write \"all:\" above it, and indent it."
                            : Nearest.hint(name, PARTS)));
        }
    }

    private void hosts(String group, Node.Field entry) {
        Variables given = switch (entry.value()) {
            case Node.Fields fields -> Variables.of(fields);
            case Node node when empty(node) -> Variables.NONE;
            case Node node -> throw new ProblemException(Problem.error(node.source(),
                    "Tried to read the variables of the host "
                            + entry.name() + ", but this is no mapping.",
                    "Expected name: value, one a line, deeper than the host."));
        };
        HostRange range = HostRange.parse(entry.name(), entry.key().source());
        if (range.port().isPresent()) {
            given = Variables.NONE.with("ansible_port", Int.of(range.port().getAsInt()), entry.key().source())
                    .with(given);
        }
        for (String name : range.names()) {
            draft.host(name, group, file, entry.key().source());
            draft.hostVariables(name, given);
        }
    }

    /** The entries of hosts or children; a single name counts as one entry. */
    private static List<Node.Field> entries(String group, Node.Field part) {
        if (part.value() instanceof Node.Scalar name && !empty(name)) {
            return List.of(new Node.Field(name, new Node.Scalar(name.source(), "", "", true)));
        }
        Node.Fields fields = mapping(group, part);
        return fields == null ? List.of() : fields.fields();
    }

    private static Node.@Nullable Fields mapping(String group, Node.Field part) {
        return switch (part.value()) {
            case Node.Fields fields -> fields;
            case Node node when empty(node) -> null;
            case Node node -> throw new ProblemException(Problem.error(node.source(), "Tried to read the " + part.name()
                    + " of the group " + group + ", but this is no mapping.",
                    part.name().equals("vars")
                            ? "Expected name: value, one a line."
                            : "Write each name with a colon behind it and no dash before it."));
        };
    }

    private static boolean empty(Node node) {
        return node instanceof Node.Scalar scalar && scalar.plain()
                && List.of("", "~", "null", "Null", "NULL").contains(scalar.text());
    }
}
