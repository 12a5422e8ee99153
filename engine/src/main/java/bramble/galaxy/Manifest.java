package bramble.galaxy;

import bramble.problem.FileTrouble;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a collection says of itself.
 *
 * @param version empty where nobody knows it
 * @param dependencies ranges by name
 * @param info all of it, as {@code MANIFEST.json} has it
 */
public record Manifest(CollectionName name, Optional<Version> version, Map<String, String> dependencies,
        MapValue info) {
    static final String FILE = "MANIFEST.json";
    private static final List<String> REQUIRED = List.of("namespace", "name", "version", "readme", "authors");
    private static final List<String> LISTS = List.of("authors", "tags", "license");
    private static final List<String> KNOWN = List.of("namespace", "name", "version", "authors", "readme", "tags",
            "description", "license", "license_file", "dependencies", "repository", "documentation", "homepage",
            "issues");

    static Manifest ofJson(String text, String shown) {
        Value all = Json.tryParse(text).orElseThrow(() -> wrong(shown, "it is no JSON"));
        Value info = GalaxyApi.field(all, "collection_info")
                .orElseThrow(() -> wrong(shown, "it has no collection_info"));
        return of((MapValue) info, shown);
    }

    private static Manifest of(MapValue info, String shown) {
        CollectionName name = CollectionName.of(GalaxyApi.text(info, "namespace").orElse("") + "."
                + GalaxyApi.text(info, "name").orElse("")).orElseThrow(
                        () -> wrong(shown,
                                "namespace and name are no names: letters, digits and underscores are"));
        var dependencies = new LinkedHashMap<String, String>();
        if (GalaxyApi.field(info, "dependencies").orElse(MapValue.EMPTY) instanceof MapValue map) {
            map.byName().forEach((other, range) -> dependencies.put(other, PythonText.of(range)));
        }
        return new Manifest(name, GalaxyApi.text(info, "version").flatMap(Version::of), dependencies, info);
    }

    /** From {@code galaxy.yml}. */
    static Manifest ofSources(Path folder) {
        Path file = folder.resolve("galaxy.yml");
        if (!Files.isRegularFile(file)) {
            file = folder.resolve("galaxy.yaml");
        }
        if (!Files.isRegularFile(file)) {
            throw new ProblemException(Source.NONE,
                    "Tried to read the collection in " + folder + ", but there is no galaxy.yml.");
        }
        Node node;
        try {
            node = YamlReader.readOne(Files.readString(file), file.toString(), _ -> {});
        } catch (IOException e) {
            throw wrong(file.toString(), FileTrouble.why(e));
        }
        if (!(node instanceof Node.Fields fields)) {
            throw wrong(file.toString(), "it is no mapping");
        }
        MapValue given = (MapValue) NodeValues.plain(fields);
        List<String> missing = REQUIRED.stream().filter(key -> GalaxyApi.field(given, key).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw new ProblemException(Source.NONE, "The collection galaxy.yml at '" + file
                    + "' is missing the following mandatory keys: " + String.join(", ", missing));
        }
        for (Node.Field field : fields.fields()) {
            if (!KNOWN.contains(field.name()) && Nearest.to(field.name(), KNOWN).isPresent()) {
                throw new ProblemException(Problem.error(field.key().source(),
                        "Tried to read galaxy.yml, but there is no \"" + field.name() + "\".",
                        Nearest.hint(field.name(), KNOWN)));
            }
        }
        MapValue info = MapValue.EMPTY;
        for (String key : KNOWN) {
            info = info.with(key, told(key, GalaxyApi.field(given, key)));
        }
        return of(info, file.toString());
    }

    private static Value told(String key, Optional<Value> given) {
        if (LISTS.contains(key)) {
            return switch (given.orElse(ListValue.EMPTY)) {
                case ListValue list -> list;
                case Value one -> ListValue.of(one);
            };
        }
        if (key.equals("dependencies")) {
            return given.orElse(MapValue.EMPTY);
        }
        return given.filter(value -> !PythonText.of(value).isEmpty())
                .map(value -> value instanceof MapValue ? value : Value.text(PythonText.of(value))).orElse(None.NONE);
    }

    /** What a collection in a folder says, installed or as sources. */
    static Optional<Manifest> in(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.isRegularFile(file)) {
                return Optional.of(ofJson(Files.readString(file), file.toString()));
            }
        } catch (IOException e) {
            throw wrong(file.toString(), FileTrouble.why(e));
        }
        return Files.isRegularFile(folder.resolve("galaxy.yml")) || Files.isRegularFile(folder.resolve("galaxy.yaml"))
                ? Optional.of(ofSources(folder))
                : Optional.empty();
    }

    /** Patterns of files that are not part of what is built. */
    static List<String> ignored(Path folder) {
        Path file = Files.isRegularFile(folder.resolve("galaxy.yml"))
                ? folder.resolve("galaxy.yml")
                : folder.resolve("galaxy.yaml");
        var patterns = new ArrayList<String>();
        if (!Files.isRegularFile(file)) {
            return patterns;
        }
        try {
            Value all = NodeValues.plain(YamlReader.readOne(Files.readString(file), file.toString(), _ -> {}));
            GalaxyApi.field(all, "build_ignore").ifPresent(list -> GalaxyApi.items(list)
                    .forEach(pattern -> patterns.add(PythonText.of(pattern))));
        } catch (IOException e) {
            throw wrong(file.toString(), FileTrouble.why(e));
        }
        return patterns;
    }

    String shownVersion() {
        return version.map(Version::text).orElse("*");
    }

    /** With its version. */
    @Override
    public String toString() {
        return name + ":" + shownVersion();
    }

    private static ProblemException wrong(String shown, String why) {
        return new ProblemException(Source.NONE,
                "Tried to read what the collection in " + shown + " says of itself, but " + why + ".");
    }
}
