package bramble.cli;

import bramble.problem.FileTrouble;
import bramble.problem.Nearest;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Value;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What roles say about their own variables, in {@code meta/argument_specs.yml}.
 *
 * @param folders where roles are looked for, the nearest first
 * @param collections below which {@code ansible_collections} stands
 * @param values whether what a variable is if nobody sets it is looked up in the role's defaults, where the specs don't say
 */
record RoleManual(List<Path> folders, List<Path> collections, boolean values, Consumer<Problem> warnings) {
    private static final List<String> FILES = List.of("argument_specs.yml", "argument_specs.yaml", "main.yml",
            "main.yaml");

    /** The roles that say something, of the collections that are named, or all: each with its entry points. */
    private Map<String, MapValue> told(List<String> below) {
        var told = new LinkedHashMap<String, MapValue>();
        roles().forEach((name, folder) -> {
            if (below.isEmpty() || below.stream().anyMatch(one -> name.startsWith(one + "."))) {
                specs(folder).ifPresent(specs -> told.put(name, specs));
            }
        });
        return told;
    }

    /**
     * Each role that says something, a line for each of its entry points.
     *
     * @param below collections whose roles alone are wanted; empty for all
     */
    String list(List<String> below) {
        Map<String, MapValue> told = told(below);
        int role = told.keySet().stream().mapToInt(String::length).max().orElse(0);
        int point = told.values().stream().flatMap(specs -> specs.byName().keySet().stream())
                .mapToInt(String::length).max().orElse(0);
        var lines = new StringBuilder();
        told.forEach((name, specs) -> specs.byName().forEach((entry, spec) -> lines.append(String.format(Locale.ROOT,
                "%-" + role + "s %-" + point + "s %s", name, entry, text(spec, "short_description")).stripTrailing())
                .append('\n')));
        return lines.toString();
    }

    /** The same, for programs. */
    MapValue listJson(List<String> below) {
        MapValue all = MapValue.EMPTY;
        for (Map.Entry<String, MapValue> role : told(below).entrySet()) {
            MapValue points = MapValue.EMPTY;
            for (Map.Entry<String, Value> point : role.getValue().byName().entrySet()) {
                points = points.with(point.getKey(), text(point.getValue(), "short_description"));
            }
            all = all.with(role.getKey(), MapValue.of("collection", collection(role.getKey()), "entry_points", points));
        }
        return all;
    }

    private static String collection(String role) {
        return role.contains(".") ? role.substring(0, role.lastIndexOf('.')) : "";
    }

    /**
     * One role, for a terminal.
     *
     * @param entry the only entry point to tell of
     */
    String page(String name, Optional<String> entry) {
        Path folder = folder(name);
        var page = new StringBuilder("> ").append(name.toUpperCase(Locale.ROOT)).append("    (").append(folder)
                .append(")\n");
        points(name, folder, entry).byName().forEach((point, spec) -> {
            page.append("\nENTRY POINT: ").append(point).append(text(spec, "short_description").isEmpty()
                    ? ""
                    : " - " + text(spec, "short_description")).append("\n\n");
            if (!text(spec, "description").isEmpty()) {
                page.append(Manual.wrapped(text(spec, "description"), 8)).append('\n');
            }
            if (field(spec, "options").orElse(MapValue.EMPTY) instanceof MapValue options
                    && !options.entries().isEmpty()) {
                page.append("OPTIONS (= is mandatory):\n\n");
                BroughtManual.options(page, values && point.equals("main") ? valued(options, folder) : options);
            }
            if (!text(spec, "author").isEmpty()) {
                page.append("\nAUTHOR: ").append(text(spec, "author")).append('\n');
            }
        });
        return page.toString();
    }

    /** One role, for programs. */
    MapValue json(String name, Optional<String> entry) {
        Path folder = folder(name);
        return MapValue.of("collection", collection(name), "entry_points", points(name, folder, entry), "path",
                folder.toString());
    }

    private Path folder(String name) {
        Map<String, Path> roles = roles();
        return Optional.ofNullable(roles.get(name)).orElseThrow(() -> new ProblemException(Problem.error(
                Source.NONE,
                "Tried to document the role " + name + ", but it is in none of the places where roles are looked for.",
                (Nearest.hint(name, roles.keySet()) + " " + looked()).strip())));
    }

    /** Where roles are looked for. */
    String looked() {
        return "Looked in " + folders.stream().distinct().map(Path::toString).collect(Collectors.joining(", ")) + ".";
    }

    private MapValue points(String name, Path folder, Optional<String> entry) {
        MapValue specs = specs(folder).orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                "Tried to document the role " + name + ", but it has no meta/argument_specs.yml.",
                "Its variables stand in " + folder.resolve("defaults").resolve("main.yml") + ".")));
        if (entry.isEmpty()) {
            return specs;
        }
        return MapValue.of(entry.get(), specs.get(entry.get()).orElseThrow(() -> new ProblemException(Problem.error(
                Source.NONE, "Tried to document the entry point " + entry.get() + " of the role " + name
                        + ", but there is none of that name.",
                "There are: " + String.join(", ", specs.byName().keySet()) + "."))));
    }

    private static Optional<Value> field(Value map, String name) {
        return map instanceof MapValue fields ? fields.get(name) : Optional.empty();
    }

    private static String text(Value map, String name) {
        return field(map, name).map(value -> value instanceof ListValue lines
                ? lines.items().stream().map(PythonText::of).collect(Collectors.joining(" "))
                : PythonText.of(value)).orElse("");
    }

    /** All roles, those of collections by their full names. */
    private Map<String, Path> roles() {
        var found = new TreeMap<String, Path>();
        folders.forEach(folder -> inside(folder, role -> found.putIfAbsent(name(role), role)));
        collections.forEach(path -> inside(path.resolve("ansible_collections"), namespace -> inside(namespace,
                collection -> inside(collection.resolve("roles"), role -> found.putIfAbsent(
                        name(namespace) + "." + name(collection) + "." + name(role), role)))));
        return found;
    }

    private static String name(Path folder) {
        return String.valueOf(folder.getFileName());
    }

    private void inside(Path folder, Consumer<Path> each) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(Files::isDirectory).sorted().forEach(each);
        } catch (IOException _) {
            warnings.accept(Problem.warning(Source.file(folder.toString()), "The folder can't be read", ""));
        }
    }

    /** The options, with the values that the role's defaults have. */
    private MapValue valued(MapValue options, Path role) {
        MapValue valued = options;
        for (String name : List.of("main.yml", "main.yaml")) {
            Path file = role.resolve("defaults").resolve(name);
            if (Files.isReadable(file)
                    && NodeValues
                            .plain(YamlReader.readOne(text(file), file.toString(), warnings)) instanceof MapValue all) {
                for (Map.Entry<String, Value> option : options.byName().entrySet()) {
                    Optional<Value> value = all.get(option.getKey());
                    if (value.isPresent() && option.getValue() instanceof MapValue about
                            && about.get("default").isEmpty()) {
                        valued = valued.with(option.getKey(), about.with("default", value.get()));
                    }
                }
            }
        }
        return valued;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read what the role says of itself, but " + FileTrouble.why(e) + ".");
        }
    }

    private Optional<MapValue> specs(Path role) {
        for (String name : FILES) {
            Path file = role.resolve("meta").resolve(name);
            if (Files.isReadable(file)) {
                Value all = NodeValues.plain(YamlReader.readOne(text(file), file.toString(), warnings));
                if (field(all, "argument_specs").orElse(MapValue.EMPTY) instanceof MapValue specs
                        && !specs.byName().isEmpty()) {
                    return Optional.of(specs);
                }
            }
        }
        return Optional.empty();
    }
}
