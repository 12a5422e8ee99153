package bramble.check;

import bramble.playbook.ActionCall;
import bramble.playbook.Surroundings;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.yaml.Node;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds where the arguments of a task stand: the loader keeps the place of the module's name alone. */
final class Places {
    private final Surroundings.Reader reader;
    private final Path folder;
    private final Map<String, Map<Source, Node>> files = new HashMap<>();

    Places(Surroundings.Reader reader, Path folder) {
        this.reader = reader;
        this.folder = folder;
    }

    /** The place of an argument's value, or of its name, or of the module's name where it can't be found. */
    Source of(ActionCall call, String argument, boolean value) {
        Source at = call.source();
        if (argument.isEmpty() || at.file().isEmpty()) {
            return at;
        }
        Node below = files.computeIfAbsent(at.file(), this::read).get(at);
        return Optional.ofNullable(below).filter(Node.Fields.class::isInstance).map(Node.Fields.class::cast)
                .flatMap(fields -> fields.field(argument))
                .map(field -> value ? field.value().source() : field.key().source()).orElse(at);
    }

    private Map<Source, Node> read(String file) {
        var nodes = new HashMap<Source, Node>();
        try {
            collect(YamlReader.readOne(reader.read(folder.resolve(file)), file, _ -> {}), nodes);
        } catch (IOException | ProblemException e) {
            // it was read before; if it can't be now, there are no places
        }
        return nodes;
    }

    private static void collect(Node node, Map<Source, Node> nodes) {
        switch (node) {
            case Node.Scalar _ -> {
                // holds nothing
            }
            case Node.Items items -> items.items().forEach(item -> collect(item, nodes));
            case Node.Fields fields -> fields.fields().forEach(field -> {
                nodes.put(field.key().source(), field.value());
                collect(field.value(), nodes);
            });
        }
    }
}
