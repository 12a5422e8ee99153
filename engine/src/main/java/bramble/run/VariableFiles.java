package bramble.run;

import bramble.playbook.Surroundings;
import bramble.playbook.Variables;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Files of variables: {@code vars_files} and {@code include_vars}. Each is read once. */
final class VariableFiles {
    private final Surroundings.Reader reader;
    private final Consumer<Problem> warnings;
    private final Map<Path, Variables> read = new ConcurrentHashMap<>();

    VariableFiles(Surroundings.Reader reader, Consumer<Problem> warnings) {
        this.reader = reader;
        this.warnings = warnings;
    }

    Variables read(Path file, String origin) {
        return read.computeIfAbsent(file, path -> load(path, origin));
    }

    private Variables load(Path file, String origin) {
        String text;
        try {
            text = reader.read(file);
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read variables, but the file can't be read: " + e.getMessage());
        }
        List<Node> documents = YamlReader.read(text, file.toString(), warnings);
        if (documents.isEmpty()) {
            return new Variables(origin, MapValue.EMPTY, Map.of());
        }
        Node document = documents.getFirst();
        Value value = NodeValues.of(document);
        if (value == None.NONE) {
            return new Variables(origin, MapValue.EMPTY, Map.of());
        }
        if (!(value instanceof MapValue values) || !(document instanceof Node.Fields fields)) {
            throw new ProblemException(document.source(),
                    "Tried to read variables, but the file holds no mapping of names to values.");
        }
        var places = new HashMap<String, Source>();
        fields.fields().forEach(field -> places.put(field.name(), field.key().source()));
        return new Variables(origin, values, places);
    }
}
