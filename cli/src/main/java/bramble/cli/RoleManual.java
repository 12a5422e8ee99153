package bramble.cli;

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
 */
record RoleManual(List<Path> folders, Consumer<Problem> warnings) {
    private static final List<String> FILES = List.of("argument_specs.yml", "argument_specs.yaml", "main.yml",
            "main.yaml");

    /** Each role that says something, a line each. */
    String list() {
        var lines = new StringBuilder();
        roles().forEach((name, folder) -> specs(folder).ifPresent(specs -> specs.byName().forEach((entry, spec) -> lines
                .append(String.format(Locale.ROOT, "%-40s %s%n",
                        name + (entry.equals("main") ? "" : ", tasks_from " + entry),
                        text(spec, "short_description"))))));
        return lines.toString();
    }

    /** One role, for a terminal. */
    String page(String name) {
        Map<String, Path> roles = roles();
        Path folder = Optional.ofNullable(roles.get(name)).orElseThrow(() -> new ProblemException(Problem.error(
                Source.NONE,
                "Tried to document the role " + name + ", but it is in none of the places where roles are looked for.",
                (Nearest.hint(name, roles.keySet()) + " Looked in "
                        + folders.stream().map(Path::toString).collect(Collectors.joining(", ")) + ".").strip())));
        MapValue specs = specs(folder).orElseThrow(() -> new ProblemException(Problem.error(Source.NONE,
                "Tried to document the role " + name + ", but it has no meta/argument_specs.yml.",
                "Its variables stand in " + folder.resolve("defaults").resolve("main.yml") + ".")));
        var page = new StringBuilder("> ").append(name).append("    (").append(folder).append(")\n");
        specs.byName().forEach((entry, spec) -> entry(page, entry, spec));
        return page.toString();
    }

    private static void entry(StringBuilder page, String name, Value spec) {
        page.append('\n').append(name.equals("main") ? "" : "ENTRY " + name + "\n\n");
        for (String part : List.of("short_description", "description")) {
            if (!text(spec, part).isEmpty()) {
                page.append(Manual.wrapped(text(spec, part), 8));
            }
        }
        page.append("\nOPTIONS (= is mandatory):\n\n");
        options(page, spec, 0);
    }

    private static void options(StringBuilder page, Value spec, int depth) {
        if (!(field(spec, "options").orElse(MapValue.EMPTY) instanceof MapValue options)) {
            return;
        }
        String margin = "    ".repeat(depth);
        options.byName().forEach((name, option) -> {
            page.append(margin).append(text(option, "required").equals("True") ? "= " : "- ").append(name).append('\n');
            page.append(Manual.wrapped(text(option, "description"), 8 + 4 * depth));
            for (String part : List.of("choices", "default", "elements", "type")) {
                field(option, part).ifPresent(value -> page.append(margin).append("        ").append(part).append(": ")
                        .append(PythonText.of(value)).append('\n'));
            }
            page.append('\n');
            options(page, option, depth + 1);
        });
    }

    private static Optional<Value> field(Value map, String name) {
        return map instanceof MapValue fields ? fields.get(name) : Optional.empty();
    }

    private static String text(Value map, String name) {
        return field(map, name).map(value -> value instanceof ListValue lines
                ? lines.items().stream().map(PythonText::of).collect(Collectors.joining(" "))
                : PythonText.of(value)).orElse("");
    }

    private Map<String, Path> roles() {
        var found = new TreeMap<String, Path>();
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> roles = Files.list(folder)) {
                    roles.filter(Files::isDirectory)
                            .forEach(role -> found.putIfAbsent(String.valueOf(role.getFileName()), role));
                } catch (IOException _) {
                    warnings.accept(Problem.warning(Source.file(folder.toString()), "The folder can't be read", ""));
                }
            }
        }
        return found;
    }

    private Optional<MapValue> specs(Path role) {
        for (String name : FILES) {
            Path file = role.resolve("meta").resolve(name);
            if (Files.isReadable(file)) {
                try {
                    Value all = NodeValues.plain(YamlReader.readOne(Files.readString(file), file.toString(), warnings));
                    if (field(all, "argument_specs").orElse(MapValue.EMPTY) instanceof MapValue specs
                            && !specs.byName().isEmpty()) {
                        return Optional.of(specs);
                    }
                } catch (IOException e) {
                    throw new ProblemException(Source.file(file.toString()),
                            "Tried to read what the role says of itself, but "
                                    + bramble.problem.FileTrouble.why(e) + ".");
                }
            }
        }
        return Optional.empty();
    }
}
