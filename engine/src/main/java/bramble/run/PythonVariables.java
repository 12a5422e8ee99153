package bramble.run;

import bramble.brought.Resident;
import bramble.inventory.VariablePlugins;
import bramble.inventory.Variables;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Vars plugins in Python: of configured folders, and of {@code vars_plugins} beside playbooks. */
public final class PythonVariables implements VariablePlugins {
    private final Resident python;
    private final List<Path> configured;
    private final List<Path> collections;
    private final List<String> enabled;
    private final Consumer<Problem> problems;
    private final Map<Path, List<Path>> plugins = new ConcurrentHashMap<>();
    private final Map<Asked, List<Variables>> known = new ConcurrentHashMap<>();

    private record Asked(Path folder, boolean group, String owner) {}

    /**
     * Nothing is asked yet.
     *
     * @param configured folders of vars plugins
     * @param enabled the names of those that have to be enabled
     * @param problems hears of plugins that fail
     */
    public PythonVariables(Resident python, List<Path> configured, List<Path> collections, List<String> enabled,
            Consumer<Problem> problems) {
        this.python = python;
        this.configured = List.copyOf(configured);
        this.collections = List.copyOf(collections);
        this.enabled = List.copyOf(enabled);
        this.problems = problems;
    }

    @Override
    public List<Variables> of(Path folder, boolean group, String owner) {
        Path place = folder.toAbsolutePath().normalize();
        List<Path> files = configured.stream().distinct()
                .flatMap(one -> plugins.computeIfAbsent(one, PythonVariables::in).stream()).distinct().toList();
        return files.isEmpty()
                ? List.of()
                : known.computeIfAbsent(new Asked(place, group, owner), asked -> asked(asked, files));
    }

    private static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".py") && !file.endsWith("__init__.py")).sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private List<Variables> asked(Asked asked, List<Path> files) {
        return files.stream().map(file -> {
            MapValue request = MapValue.of("file", file.toString(), "path", asked.folder.toString(), "group",
                    asked.group, "owner", asked.owner, "enabled", Value.texts(enabled));
            try {
                Value said = python.ask("vars", request, collections, 0).value();
                return said instanceof MapValue map
                        ? Variables.of((MapValue) written(map, file), Source.file(file.toString()))
                        : Variables.NONE;
            } catch (Resident.Failure e) {
                throw new ProblemException(Source.file(file.toString()), "Tried to ask the vars plugin "
                        + file.getFileName() + " about " + asked.owner + ", but it failed: " + e.getMessage());
            } catch (ProblemException e) {
                e.problems().forEach(problems);
                return Variables.NONE;
            }
        }).toList();
    }

    /** Text is as if the user had written it. */
    private static Value written(Value value, Path file) {
        return switch (value) {
            case Text(String text) -> Template.of(text, Source.file(file.toString()));
            case ListValue list ->
                new ListValue(list.items().stream().map(item -> written(item, file)).toList());
            case MapValue map -> {
                var entries = new LinkedHashMap<Value, Value>();
                map.entries().forEach((key, one) -> entries.put(key, written(one, file)));
                yield new MapValue(entries);
            }
            default -> value;
        };
    }
}
