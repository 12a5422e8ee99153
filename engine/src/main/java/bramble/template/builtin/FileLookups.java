package bramble.template.builtin;

import static java.util.Map.entry;

import bramble.problem.Problem;
import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.DocumentOptions;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.Python;
import bramble.template.Scope;
import bramble.template.Site;
import bramble.template.TemplateException;
import bramble.value.EscapedBytes;
import bramble.value.Json;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonLiteral;
import bramble.value.Text;
import bramble.value.TupleValue;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import bramble.value.Vaulted;
import bramble.vault.Vault;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lookups that find and read files on the controller. */
@AutoService(Extensions.class)
public final class FileLookups implements Extensions {
    /** What with_first_found gives first_found: the folder in which the task expects its files. */
    public static final String KIND = "kind";

    @Override
    public Map<String, Lookup> lookups() {
        return Map.ofEntries(
                entry("file", FileLookups::file),
                entry("binary_file", FileLookups::binary),
                entry("template", FileLookups::template),
                entry("fileglob", FileLookups::glob),
                entry("first_found", FileLookups::firstFound));
    }

    /** The file of that name, or an error that says where it was looked for. */
    static Path find(String lookup, String kind, String name, Evaluation evaluation) {
        Site site = evaluation.scope().site();
        return site.find(kind, name).orElseThrow(() -> new TemplateException(Source.NONE,
                "Tried to find the file \"" + name + "\" for the lookup " + lookup
                        + ", but it is in none of the places searched",
                "Searched: "
                        + site.candidates(kind, name).stream().map(Path::toString).collect(Collectors.joining(", "))));
    }

    static String read(Path path) {
        return read(path, StandardCharsets.UTF_8);
    }

    static String read(Path path, Charset charset) {
        byte[] bytes = bytes(path);
        return charset.equals(StandardCharsets.UTF_8) ? EscapedBytes.decode(bytes) : new String(bytes, charset);
    }

    static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new TemplateException("Tried to read " + path + ", but " + reason(e, path));
        }
    }

    /** The text of bytes that are to be nothing but text. */
    static String strict(byte[] bytes, Charset charset, String what, String hint) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new TemplateException(Source.NONE,
                    "Tried to read " + what + ", but it is no text in " + charset.name() + ".", hint);
        }
    }

    /** The text of a file, which may be encrypted as a whole. */
    static String opened(Path path, Evaluation evaluation) {
        String text = read(path);
        return Vault.isVaulted(text)
                ? evaluation.text(evaluation.resolve(new Vaulted(text, Source.file(path.toString()))))
                : text;
    }

    static String reason(IOException e, Path path) {
        return Files.isDirectory(path)
                ? "it is a folder"
                : e instanceof java.nio.file.AccessDeniedException
                        ? "permission is denied"
                        : e instanceof java.nio.file.NoSuchFileException
                                ? "it does not exist"
                                : String.valueOf(e.getMessage());
    }

    private static List<Value> file(List<Value> terms, Arguments options, Evaluation evaluation) {
        boolean left = LogicFilters.flag(options, "lstrip", false);
        boolean right = LogicFilters.flag(options, "rstrip", true);
        return terms.stream().<Value>map(term -> {
            String text = opened(find("file", "files", evaluation.text(term), evaluation), evaluation);
            text = left ? text.stripLeading() : text;
            return new Text(right ? text.stripTrailing() : text);
        }).toList();
    }

    /** The bytes of a file, as base64. */
    private static List<Value> binary(List<Value> terms, Arguments options, Evaluation evaluation) {
        String absent = options.text(-1, "not_exist", "error");
        if (!List.of("error", "empty", "empty_str").contains(absent)) {
            throw new TemplateException("not_exist has to be error, empty or empty_str, not " + absent);
        }
        var contents = new ArrayList<Value>();
        for (Value term : terms) {
            String name = evaluation.text(term);
            if (absent.equals("error") || evaluation.scope().site().find("files", name).isPresent()) {
                Path path = find("binary_file", "files", name, evaluation);
                try {
                    contents.add(new Text(Base64.getEncoder().encodeToString(Files.readAllBytes(path))));
                } catch (IOException e) {
                    throw new TemplateException("Tried to read " + path + ", but " + reason(e, path));
                }
            } else if (absent.equals("empty_str")) {
                contents.add(new Text(""));
            }
        }
        return contents;
    }

    private static List<Value> template(List<Value> terms, Arguments options, Evaluation evaluation) {
        var usual = DocumentOptions.Delimiters.JINJA;
        var delimiters = new DocumentOptions.Delimiters(
                options.text(-1, "variable_start_string", usual.variableStart()),
                options.text(-1, "variable_end_string", usual.variableEnd()),
                options.text(-1, "block_start_string", usual.blockStart()),
                options.text(-1, "block_end_string", usual.blockEnd()),
                options.text(-1, "comment_start_string", usual.commentStart()),
                options.text(-1, "comment_end_string", usual.commentEnd()));
        var how = new DocumentOptions(LogicFilters.flag(options, "trim_blocks", true),
                LogicFilters.flag(options, "lstrip_blocks", false),
                "\n",
                true, delimiters);
        Scope scope = evaluation.scope();
        if (options.optional(-1, "template_vars").orElse(None.NONE) instanceof MapValue vars) {
            scope = new Overlaid(scope, vars.byName());
        }
        var texts = new ArrayList<Value>();
        for (Value term : terms) {
            String name = evaluation.text(term);
            Path path = find("template", "templates", name, evaluation);
            String text = evaluation.templates().document(opened(path, evaluation),
                    Source.file(path.toString()).plus(1, 0), how,
                    new TemplateScope(scope, path, name, Optional.of(None.NONE)));
            texts.add(LogicFilters.flag(options, "convert_data", false)
                    ? data(text)
                    : evaluation.rendered(text, LogicFilters.flag(options, "jinja2_native", false)));
        }
        return texts;
    }

    /** The list or mapping that a text reads as; the text itself where it is none. */
    private static Value data(String text) {
        return text.startsWith("[") || text.startsWith("{")
                ? Json.tryParse(text.strip()).or(() -> PythonLiteral.read(text.strip())).orElse(new Text(text))
                : new Text(text);
    }

    /** A scope with some names of its own on top. */
    record Overlaid(Scope below, Map<String, Value> own) implements Scope {
        @Override
        public Value get(String name) {
            Value value = own.get(name);
            return value == null ? below.get(name) : value;
        }

        @Override
        public Set<String> names() {
            var names = new LinkedHashSet<>(below.names());
            names.addAll(own.keySet());
            return names;
        }

        @Override
        public Site site() {
            return below.site();
        }

        @Override
        public boolean looksUp() {
            return below.looksUp();
        }

        @Override
        public String managed() {
            return below.managed();
        }

        @Override
        public void warn(Problem problem) {
            below.warn(problem);
        }
    }

    /** Patterns are matched in one folder, not below it; the first folder that has a match wins. */
    private static List<Value> glob(List<Value> terms, Arguments options, Evaluation evaluation) {
        var found = new ArrayList<Value>();
        for (Value term : terms) {
            for (Path candidate : evaluation.scope().site().candidates("files", evaluation.text(term))) {
                List<String> files = Globs.files(candidate.toAbsolutePath());
                if (!files.isEmpty()) {
                    files.forEach(file -> found.add(new Text(file)));
                    break;
                }
            }
        }
        return found;
    }

    private static List<Value> firstFound(List<Value> terms, Arguments options, Evaluation evaluation) {
        var search = new FirstFound(options, evaluation);
        search.terms(terms);
        Optional<Path> found = search.found();
        if (found.isPresent()) {
            return List.of(new Text(found.get().toString()));
        }
        if (search.skip) {
            return List.of();
        }
        throw new TemplateException(Source.NONE, "No file was found when using first_found.",
                "Tried: " + search.names.stream().distinct().collect(Collectors.joining(", ")));
    }

    /** Gathers the names to try, from texts, lists of them, and mappings with files, paths and skip. */
    private static final class FirstFound {
        private final Arguments options;
        private final Evaluation evaluation;
        private final List<String> names = new ArrayList<>();
        private boolean skip;

        FirstFound(Arguments options, Evaluation evaluation) {
            this.options = options;
            this.evaluation = evaluation;
            this.skip = LogicFilters.flag(options, "skip", false);
        }

        void terms(List<Value> terms) {
            List<String> files = texts(options.value(-1, "files", None.NONE));
            if (!files.isEmpty()) {
                combine(files, paths(options.value(-1, "paths", None.NONE)));
            }
            for (Value term : terms) {
                switch (term) {
                    case MapValue map -> {
                        skip = map.get("skip").map(value -> evaluation.truth(LogicFilters.bool(value))).orElse(skip);
                        combine(texts(map.get("files").orElse(None.NONE)), paths(map.get("paths").orElse(None.NONE)));
                    }
                    case ListValue list -> terms(list.items());
                    case TupleValue(List<Value> items) -> terms(items);
                    case Text(String text) -> combine(split(text), paths(options.value(-1, "paths", None.NONE)));
                    case Unknown(String why) -> throw new UnknownValueException(why);
                    default ->
                        throw new TemplateException("Invalid term supplied, can handle string, mapping or list of"
                                + " strings but got: " + Python.type(term));
                }
            }
        }

        private void combine(List<String> files, List<String> paths) {
            if (paths.isEmpty()) {
                names.addAll(files);
            } else if (files.isEmpty()) {
                names.addAll(paths);
            }
            for (String path : paths) {
                files.forEach(file -> names.add(file.startsWith("/") ? file : path + "/" + file));
            }
        }

        private List<String> texts(Value value) {
            return switch (value) {
                case None _ -> List.of();
                case Text(String text) -> split(text);
                default -> Python.items(value).stream().flatMap(item -> texts(item).stream()).toList();
            };
        }

        /** Folders may also stand in one text with colons between. */
        private List<String> paths(Value value) {
            return texts(value).stream().flatMap(text -> Stream.of(text.split(":", -1)))
                    .filter(path -> !path.isEmpty()).toList();
        }

        private static List<String> split(String text) {
            return List.of(text.split("[,;]")).stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
        }

        Optional<Path> found() {
            Site site = evaluation.scope().site();
            String kind = options.text(-1, KIND, "files");
            return names.stream().flatMap(name -> site.find(kind, name).stream()).findFirst().map(Path::toAbsolutePath);
        }
    }
}
