package bramble.cli;

import bramble.playbook.Library;
import bramble.problem.FileTrouble;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.value.Bool;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Text;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What modules that a playbook brings itself say about themselves: the texts {@code DOCUMENTATION}, {@code EXAMPLES} and
 * {@code RETURN} of a module in Python, or of a file of that name beside it. Nothing of them is run.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/dev_guide/developing_modules_documenting.html">Module format and
 *     documentation</a>
 */
record BroughtManual(Library library, Consumer<Problem> warnings) {
    private static final Pattern ASSIGNED = Pattern.compile(
            "^(DOCUMENTATION|EXAMPLES|RETURN)[ \\t]*=[ \\t]*\\(?\\s*([rRuU]{0,2})(\"\"\"|'''|\"|')", Pattern.MULTILINE);
    private static final Pattern MARKUP = Pattern
            .compile("\\b(?:([CBIMULRVOEP]|RV)\\(((?:[^()\\\\]|\\\\.)*)\\)|HORIZONTALLINE)");
    private static final List<String> BESIDE = List.of(".py", ".yml", ".yaml");
    private static final Set<String> TOLD = Set.of("description", "required", "aliases", "choices", "default",
            "options",
            "suboptions", "contains");

    /** A module's page. */
    record Page(String name, Path file, MapValue doc, String examples, Value returned) {
        /** For a terminal. */
        String text() {
            var page = new StringBuilder("> ").append(name.toUpperCase(Locale.ROOT)).append("    (").append(file)
                    .append(")\n\n");
            page.append(Manual.wrapped(String.join(" ", lines(doc, "description")), 8)).append('\n');
            doc.get("version_added").ifPresent(
                    version -> page.append("ADDED IN: version ").append(PythonText.of(version)).append("\n\n"));
            if (field(doc, "options").filter(MapValue.class::isInstance).isPresent()) {
                page.append("OPTIONS (= is mandatory):\n\n");
                fields(page, field(doc, "options"), 0, true);
            }
            section(page, "notes", "NOTES:\n");
            seeAlso(page);
            if (!lines(doc, "requirements").isEmpty()) {
                page.append("\nREQUIREMENTS:  ").append(String.join(", ", lines(doc, "requirements"))).append("\n\n");
            }
            if (!lines(doc, "author").isEmpty()) {
                page.append("AUTHOR: ").append(String.join(", ", lines(doc, "author"))).append("\n\n");
            }
            if (!examples.isBlank()) {
                page.append("EXAMPLES:\n\n").append(examples.strip()).append("\n\n");
            }
            if (returned instanceof MapValue keys && !keys.entries().isEmpty()) {
                page.append("\nRETURN VALUES:\n");
                fields(page, Optional.of(keys), 0, false);
            }
            return page.toString();
        }

        private void section(StringBuilder page, String name, String title) {
            List<String> lines = lines(doc, name);
            if (!lines.isEmpty()) {
                page.append('\n').append(title);
                lines.forEach(line -> page.append("      * ").append(Manual.wrapped(line, 8).strip()).append('\n'));
                page.append('\n');
            }
        }

        private void seeAlso(StringBuilder page) {
            if (!(doc.get("seealso").orElse(None.NONE) instanceof ListValue places) || places.items().isEmpty()) {
                return;
            }
            page.append("\nSEE ALSO:\n");
            for (Value place : places.items()) {
                page.append("      * ").append(field(place, "module").isPresent() ? "Module " : "")
                        .append(Stream.of("module", "plugin", "name", "ref")
                                .flatMap(kind -> lines(place, kind).stream()).findFirst().orElse(""))
                        .append('\n');
                for (String part : List.of("description", "link")) {
                    lines(place, part).forEach(line -> page.append(Manual.wrapped(line, 11)));
                }
            }
            page.append("\n\n");
        }

        /** A task to copy. */
        String snippet() {
            var task = new StringBuilder("- name: ").append(about()).append("\n  ").append(name).append(":\n");
            new TreeMap<>(field(doc, "options").filter(MapValue.class::isInstance)
                    .map(options -> ((MapValue) options).byName()).orElse(Map.of()))
                    .forEach((option, says) -> task.append(String.format(Locale.ROOT, "      %-20s   # %s%s%n",
                            option + ":", required(says) ? "(required) " : "",
                            String.join(" ", lines(says, "description")))));
            return task.toString();
        }

        /** In one sentence. */
        String about() {
            return String.join(" ", lines(doc, "short_description"));
        }

        /** For programs. */
        MapValue json() {
            return MapValue.of("doc", doc.with("filename", new Text(file.toString())).with("has_action", Bool.FALSE)
                    .with("module", doc.get("module").orElse(new Text(name)))
                    .with("collection", new Text(name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "")),
                    "examples", examples.isEmpty() ? None.NONE : new Text(examples), "metadata", None.NONE, "return",
                    returned);
        }
    }

    /** The page of a module; empty where there is no such module. One that says nothing about itself is a problem. */
    Optional<Page> find(String name) {
        String plain = name.replaceFirst("^ansible\\.legacy\\.", "");
        return (plain.contains(".") ? library.way(plain).file() : library.find(plain)).map(file -> page(name, file));
    }

    /** The pages of all modules that say something about themselves, those of collections by their full names. */
    Map<String, Page> all() {
        var pages = new TreeMap<String, Page>();
        library.folders().forEach(folder -> files(folder, "", pages));
        for (Path path : library.collectionsPath()) {
            for (Path namespace : folders(path.resolve("ansible_collections"))) {
                for (Path collection : folders(namespace)) {
                    files(collection.resolve("plugins/modules"),
                            namespace.getFileName() + "." + collection.getFileName() + ".", pages);
                }
            }
        }
        return pages;
    }

    private void files(Path folder, String before, Map<String, Page> pages) {
        for (Path file : list(folder).filter(Files::isRegularFile).toList()) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".py") && !name.startsWith("_") && said(file).containsKey("DOCUMENTATION")) {
                String module = before + name.substring(0, name.length() - ".py".length());
                try {
                    pages.putIfAbsent(module, page(module, file));
                } catch (ProblemException e) {
                    e.problems().forEach(problem -> warnings
                            .accept(Problem.warning(problem.source(), problem.summary(), problem.hint())));
                }
            }
        }
    }

    private static List<Path> folders(Path folder) {
        return list(folder).filter(Files::isDirectory).toList();
    }

    private static Stream<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (var all = Files.list(folder)) {
            return all.sorted().toList().stream();
        } catch (IOException e) {
            throw new ProblemException(Source.file(folder.toString()),
                    "Tried to list the folder, but " + FileTrouble.why(e) + ".");
        }
    }

    /** A text, and the file and line that it begins on, or the value that a file in YAML has for it. */
    private sealed interface Said {
        /** A text in a file in Python. */
        record Written(String text, Path file, int line) implements Said {}

        /** A value in a file in YAML. */
        record Given(Value value) implements Said {}
    }

    private Page page(String name, Path file) {
        Map<String, Said> said = said(file);
        if (!(value(said, "DOCUMENTATION") instanceof MapValue doc)) {
            throw new ProblemException(Problem.error(Source.file(file.toString()),
                    "Tried to document the module " + name + ", but it says nothing about itself.",
                    "Expected a text DOCUMENTATION in it, if it is in Python, or in a file of its name, with .yml, beside it."));
        }
        String examples = said.get("EXAMPLES") instanceof Said.Written written
                ? written.text()
                : value(said, "EXAMPLES") instanceof None ? "" : PythonText.of(value(said, "EXAMPLES"));
        return new Page(name, file, doc, examples, value(said, "RETURN"));
    }

    private Value value(Map<String, Said> said, String key) {
        return switch (said.get(key)) {
            case null -> None.NONE;
            case Said.Given(Value value) -> value;
            case Said.Written(String text, Path file, int line) -> NodeValues
                    .plain(YamlReader.readOne("\n".repeat(line - 1) + text, file.toString(), warnings));
        };
    }

    private Map<String, Said> said(Path module) {
        Map<String, Said> said = python(module);
        String name = String.valueOf(module.getFileName());
        String plain = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
        for (String ending : BESIDE) {
            Path beside = module.resolveSibling(plain + ending);
            if (!said.containsKey("DOCUMENTATION") && !beside.equals(module) && Files.isRegularFile(beside)) {
                said = ending.equals(".py") ? python(beside) : yaml(beside);
            }
        }
        return said;
    }

    private Map<String, Said> yaml(Path file) {
        var said = new LinkedHashMap<String, Said>();
        if (NodeValues.plain(YamlReader.readOne(read(file), file.toString(), warnings)) instanceof MapValue map) {
            map.byName().forEach((key, value) -> said.put(key, new Said.Given(value)));
        }
        return said;
    }

    private static Map<String, Said> python(Path file) {
        var said = new LinkedHashMap<String, Said>();
        String text = read(file);
        Matcher assigned = ASSIGNED.matcher(text);
        int from = 0;
        while (assigned.find(from)) {
            int end = end(text, assigned.end(), assigned.group(3));
            String found = text.substring(assigned.end(), end);
            boolean raw = assigned.group(2).toLowerCase(Locale.ROOT).contains("r");
            int line = 1 + (int) text.substring(0, assigned.end()).chars().filter(c -> c == '\n').count();
            said.put(assigned.group(1), new Said.Written(raw ? found : unescaped(found), file, line));
            from = end;
        }
        return said;
    }

    /** Where a text of Python ends that began before. */
    private static int end(String text, int from, String quotes) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.startsWith(quotes, i)) {
                return i;
            }
        }
        return text.length();
    }

    private static String unescaped(String text) {
        return text.indexOf('\\') < 0
                ? text
                : Pattern.compile("\\\\(\n|[\\\\'\"nt])").matcher(text)
                        .replaceAll(match -> Matcher.quoteReplacement(switch (match.group(1)) {
                            case "\n" -> "";
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case String other -> other;
                        }));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ProblemException(Source.file(file.toString()),
                    "Tried to read what the module says about itself, but " + FileTrouble.why(e) + ".");
        }
    }

    /** What options mean, and those below them. */
    static void options(StringBuilder page, MapValue options) {
        fields(page, Optional.of(options), 0, true);
    }

    private static void fields(StringBuilder page, Optional<Value> all, int margin, boolean options) {
        if (!(all.orElse(None.NONE) instanceof MapValue fields)) {
            return;
        }
        String edge = " ".repeat(margin);
        new TreeMap<>(fields.byName()).forEach((name, says) -> {
            page.append(edge).append(required(says) ? "= " : "- ").append(name).append('\n');
            int inner = margin == 0 ? 8 : margin + 4;
            lines(says, "description").forEach(line -> page.append(Manual.wrapped(line, inner)));
            for (String part : List.of("aliases", "choices")) {
                if (!lines(says, part).isEmpty()) {
                    page.append(" ".repeat(inner)).append(part).append(": [")
                            .append(String.join(", ", lines(says, part))).append("]\n");
                }
            }
            if (options && !required(says)) {
                line(page, inner, "default", field(says, "default").orElse(None.NONE));
            }
            if (says instanceof MapValue map) {
                new TreeMap<>(map.byName()).forEach((key, value) -> {
                    if (!TOLD.contains(key)) {
                        line(page, inner, key, value);
                    }
                });
            }
            page.append('\n');
            for (String part : List.of("suboptions", "options", "contains")) {
                if (field(says, part).orElse(None.NONE) instanceof MapValue more && !more.entries().isEmpty()) {
                    page.append(" ".repeat(inner))
                            .append(part.toUpperCase(Locale.ROOT)).append(":\n\n");
                    fields(page, Optional.of(more), inner, options);
                }
            }
        });
    }

    private static void line(StringBuilder page, int margin, String key, Value value) {
        page.append(" ".repeat(margin)).append(key).append(": ").append(switch (value) {
            case None _ -> "null";
            case Bool bool -> bool == Bool.TRUE ? "true" : "false";
            case Text text when text.value().isEmpty() -> "''";
            case Value other -> marked(PythonText.of(other).strip());
        }).append('\n');
    }

    private static boolean required(Value says) {
        return field(says, "required").filter(value -> PythonText.of(value).equals("True")).isPresent();
    }

    private static Optional<Value> field(Value map, String name) {
        return map instanceof MapValue fields ? fields.get(name) : Optional.empty();
    }

    private static List<String> lines(Value map, String name) {
        Value value = field(map, name).orElse(None.NONE);
        List<Value> all = value instanceof ListValue list
                ? list.items()
                : value instanceof None ? List.of() : List.of(value);
        return all.stream().map(PythonText::of).map(BroughtManual::marked).collect(Collectors.toList());
    }

    /** The text with its markup as a terminal shows it. */
    private static String marked(String text) {
        return MARKUP.matcher(text).replaceAll(match -> {
            String inside = match.group(2) == null ? "" : match.group(2).replaceAll("\\\\(.)", "$1");
            int comma = inside.indexOf(',');
            return Matcher.quoteReplacement(switch (match.group(1)) {
                case null -> "\n-------------\n";
                case "B" -> "*" + inside + "*";
                case "M", "P" -> "[" + inside + "]";
                case "U" -> inside;
                case "L" -> comma < 0
                        ? inside
                        : inside.substring(0, comma) + " <" + inside.substring(comma + 1).strip() + ">";
                case "R" -> comma < 0 ? inside : inside.substring(0, comma);
                case String _ -> "`" + inside + "'";
            });
        });
    }
}
