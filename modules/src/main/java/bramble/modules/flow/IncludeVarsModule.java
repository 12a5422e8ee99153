package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Result.Consequence;
import bramble.module.Result.Consequence.Variables.Level;
import bramble.module.Talk;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.regex.PythonRegex;
import bramble.template.Site;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Vaulted;
import bramble.yaml.Node;
import bramble.yaml.NodeValues;
import bramble.yaml.YamlReader;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code include_vars}: variables from files of the controller, when the task is reached. */
@AutoService(AnyModule.class)
public final class IncludeVarsModule implements Conversation<IncludeVarsModule.Args> {

    /** The arguments of {@code include_vars}. */
    @Doc(value = "Reads variables from files of the controller, when the task is reached.", freeForm = "file", example = """
            - name: The variables of this kind of system
              include_vars:
                file: vars/common.yml
                name: common
            """, returns = {
        "ansible_facts: dict: the variables", "ansible_included_var_files: list: the files that were read"})
    public record Args(
            @Arg("The file, looked for in the role's and the playbook's vars folders.") Optional<String> file,
            @Arg("A folder whose files are read, in the order of their names.") Optional<String> dir,
            @Arg("The variable that the file's mapping becomes; without it, each entry is a variable.") Optional<String> name,
            @Arg(value = "How many levels of folders are read; 0 for all.", fallback = "0") int depth,
            @Arg("Regular expression that a file's name has to match.") Optional<String> filesMatching,
            @Arg(value = "Names of files to leave out, as regular expressions.", fallback = "") List<String> ignoreFiles,
            @Arg(value = "What a file's name in a folder may end in.", fallback = "[json, yaml, yml]") List<String> extensions,
            @Arg(value = "Whether other files in a folder are passed over; otherwise they are an error.", fallback = "false") boolean ignoreUnknownExtensions,
            @Arg("Whether mappings are merged with what is there, or replace it: merge or replace.") Optional<String> hashBehaviour) {}

    /** The files can't be read; the message is a sentence. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public String name() {
        return "include_vars";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) {
        if (args.file().isPresent() == args.dir().isPresent()) {
            return failed("You must give one of file and dir, and not both.", List.of());
        }
        var read = new ArrayList<Path>();
        var consequences = new ArrayList<Consequence>();
        try {
            MapValue variables = MapValue.EMPTY;
            List<Path> files = args.file().isPresent()
                    ? List.of(found(args.file().get(), talk.scope().site()))
                    : folder(args, found(args.dir().orElseThrow(), talk.scope().site()), talk);
            for (Path file : files) {
                if (args.dir().isPresent() && !known(file, args)) {
                    throw new Refusal(
                            file + " does not have a valid extension: " + String.join(", ", args.extensions()));
                }
                MapValue more = variables(file, talk);
                if (vaulted(Files.readString(file))) {
                    consequences.add(new Consequence.Secrets(more));
                }
                variables = variables.with(more);
                read.add(file);
            }
            MapValue named = variables;
            MapValue result = args.name().map(name -> MapValue.of(name, named)).orElse(named);
            if (args.hashBehaviour().orElse("replace").equals("merge")) {
                result = merged(result, talk);
            }
            consequences.add(new Consequence.Variables(result, Level.INCLUDE_VARS));
            return new Result(Result.Status.OK,
                    MapValue.of("ansible_facts", result, "ansible_included_var_files", texts(read)), consequences);
        } catch (Refusal e) {
            return failed(String.valueOf(e.getMessage()), read);
        } catch (IOException e) {
            return failed("Tried to read variables, but: " + e, read);
        }
    }

    private static Result failed(String why, List<Path> read) {
        return Result.failed(why,
                MapValue.of("message", why, "ansible_facts", MapValue.EMPTY, "ansible_included_var_files",
                        texts(read)));
    }

    private static List<String> texts(List<Path> paths) {
        return paths.stream().map(Path::toString).toList();
    }

    private static Path found(String name, Site site) throws Refusal {
        Optional<Path> path = site.find("vars", name);
        if (path.isEmpty()) {
            throw new Refusal("Could not find or access '" + name + "'\nSearched in:\n\t"
                    + site.candidates("vars", name)
                            .stream().map(Path::toString).collect(Collectors.joining("\n\t"))
                    + " on the Ansible Controller.");
        }
        return path.get();
    }

    private static List<Path> folder(Args args, Path folder, Talk talk) throws IOException, Refusal {
        if (!Files.isDirectory(folder)) {
            throw new Refusal(folder + " is not a directory");
        }
        int levels = args.depth() == 0 ? Integer.MAX_VALUE : args.depth();
        Optional<PythonRegex> wanted = args.filesMatching().map(PythonRegex::compile);
        List<PythonRegex> ignored = args.ignoreFiles().stream().map(text -> PythonRegex.compile(text + "$")).toList();
        boolean ownRole = talk.scope().get("role_path") instanceof Text(String role)
                && folder.equals(Path.of(role, "vars"));
        try (Stream<Path> all = Files.walk(folder, levels)) {
            return all.filter(Files::isRegularFile)
                    .filter(path -> {
                        String name = path.getFileName().toString();
                        return ignored.stream().noneMatch(regex -> regex.search(name).isPresent())
                                && wanted.map(regex -> regex.search(name).isPresent()).orElse(true)
                                && !(ownRole && name.equals("main.yml"))
                                && (known(path, args) || !args.ignoreUnknownExtensions());
                    })
                    .sorted().toList();
        }
    }

    private static boolean known(Path file, Args args) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return args.extensions().stream().map(extension -> extension.replaceFirst("^\\.", ""))
                .anyMatch(extension -> (dot > 0 ? name.substring(dot + 1) : "").equals(extension));
    }

    private static boolean vaulted(String text) {
        return text.startsWith("$ANSIBLE_VAULT;");
    }

    private static MapValue variables(Path file, Talk talk) throws IOException, Refusal {
        String text = Files.readString(file);
        if (vaulted(text)) {
            text = PythonText
                    .of(talk.templates().resolve(new Vaulted(text, Source.file(file.toString())), talk.scope()));
        }
        try {
            List<Node> documents = YamlReader.read(text, file.toString(), _ -> {});
            return documents.isEmpty() ? MapValue.EMPTY : NodeValues.variables(documents.getFirst());
        } catch (ProblemException e) {
            throw new Refusal(e.problems().getFirst().source() + ": " + e.summary());
        }
    }

    private static MapValue merged(MapValue result, Talk talk) {
        MapValue merged = result;
        for (String name : result.byName().keySet()) {
            if (result.get(name).orElse(null) instanceof MapValue more
                    && talk.templates().resolve(talk.scope().get(name), talk.scope()) instanceof MapValue old) {
                merged = merged.with(name, deep(old, more));
            }
        }
        return merged;
    }

    private static MapValue deep(MapValue old, MapValue more) {
        MapValue merged = old;
        for (var entry : more.byName().entrySet()) {
            merged = merged.with(entry.getKey(), old.get(entry.getKey()).orElse(null) instanceof MapValue below
                    && entry.getValue() instanceof MapValue above ? deep(below, above) : entry.getValue());
        }
        return merged;
    }
}
