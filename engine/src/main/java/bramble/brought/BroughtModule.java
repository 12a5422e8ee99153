package bramble.brought;

import bramble.args.Arg;
import bramble.args.ControllerFile;
import bramble.args.Doc;
import bramble.args.NodePython;
import bramble.module.Action;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.shell.Shell;
import bramble.value.Json;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Text;
import bramble.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a module that the playbook brings: a program that reads its arguments from a file and prints one JSON object.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html">Module architecture</a>
 */
public final class BroughtModule implements TaskModule<BroughtModule.Args, Optional<Verdict>> {
    /** What the run knows of a call, among its arguments. */
    public static final String CALL = "_module_call";

    /** A shell's exit code for what it doesn't find. */
    private static final int NOT_THERE = 127;
    private static final Sh ANY_PYTHON = Sh
            .raw("command -v /usr/bin/python3 || command -v python3 || command -v python");
    private static final String LAUNCHER = resource("launch.py");

    /** The arguments, and what the run adds. */
    @Doc(value = "Runs a module that the playbook brings.", freeForm = "_raw_params", example = "_brought:", oneByOne = true, neverSettles = "only the module knows what it does")
    public record Args(@Arg(value = "The module's file.", name = "_module_file") ControllerFile file,
            @Arg(value = "What the run knows of the call.", name = "_module_call") MapValue call,
            @Arg(value = "Free text behind the module's name.", name = "_raw_params") Optional<String> words,
            @Arg(value = "The module's own arguments.", rest = true) MapValue own, NodePython python) {

        String name() {
            String full = String.valueOf(file.path().getFileName());
            return full.contains(".") ? full.substring(0, full.lastIndexOf('.')) : full;
        }

        boolean dryRun() {
            return call.get("_ansible_check_mode").map(Value.of(true)::equals).orElse(false);
        }
    }

    /**
     * What the run tells of a call.
     *
     * @param told the arguments that every module gets, {@code _ansible_check_mode} and the like
     * @param python the interpreter that the host's variables name; empty to look for one
     * @param interpreters those that variables name for other languages
     * @param utilities the folders of {@code module_utils}
     */
    public static MapValue call(MapValue told, String python, Map<String, String> interpreters, List<Path> utilities,
            List<Path> collectionsPath) {
        return told.with("python", python)
                .with("interpreters", MapValue.named(interpreters.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> new Text(entry.getValue())))))
                .with("utilities", Value.texts(utilities.stream().map(Path::toString).toList()))
                .with("collections", Value.texts(collectionsPath.stream().map(Path::toString).toList()));
    }

    @Override
    public String name() {
        return "_brought";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    /** A dry run's reading is the module's own dry run. */
    private record Rehearsal(Args args) implements Fact<Verdict> {
        @Override
        public Sh script() {
            return Sh.of("{}{}", run(args, true), Sh.raw(""));
        }

        @Override
        public Verdict parse(Answer answer) {
            return ModuleOutput.read(answer, args.name());
        }
    }

    @Override
    public Inquiry<Optional<Verdict>> inspect(Args args, Platform node) {
        return args.dryRun() ? Inquiry.of(new Rehearsal(args)).map(Optional::of) : Inquiry.nothing(Optional.empty());
    }

    @Override
    public Plan plan(Args args, Optional<Verdict> rehearsed) {
        String what = "the module " + args.name();
        var effects = List.<Effect>of(Effect.unbounded(what + " may do anything"));
        if (rehearsed.isPresent()) {
            return rehearsed.get().changed()
                    ? Plan.of(new Change(args.name(), Diff.NONE, List.of(), effects))
                    : Plan.NOTHING;
        }
        return Plan.of(new Change(args.name(), Diff.NONE,
                List.of(new Action.Run(run(args, false), Content.of(args.file().path()))), effects));
    }

    @Override
    public Verdict judge(Args args, Optional<Verdict> before, Applied<Optional<Verdict>> applied) {
        return before.orElseGet(() -> ModuleOutput.read(applied.answers().getFirst(), args.name()));
    }

    /**
     * The script that runs it, in a folder of its own which is gone afterwards.
     *
     * @param inText whether the module's file is part of the script; else it is the standard input
     */
    private static Sh run(Args args, boolean inText) {
        var program = Program.of(args.file().content().bytesOf());
        MapValue told = MapValue.EMPTY;
        for (Map.Entry<String, Value> entry : args.call().byName().entrySet()) {
            if (entry.getKey().startsWith("_ansible_")) {
                told = told.with(entry.getKey(), entry.getValue());
            }
        }
        MapValue given = args.words().map(words -> args.own().with("_raw_params", words)).orElse(args.own());
        String json = Json.compact(given.with(told));
        String file = switch (program.style()) {
            case ANSIBLE_MODULE -> Json.compact(MapValue.of("ANSIBLE_MODULE_ARGS", given.with(told)));
            case JSON_FILE, IN_TEXT -> json;
            case WORDS_FILE -> words(given.with(told));
        };
        Sh take = inText || program.style() == Program.Style.IN_TEXT
                ? Sh.of("cat >/dev/null; printf %s {}",
                        Sh.secret(new String(program.with(json), StandardCharsets.UTF_8)))
                : Sh.raw("cat");
        Map<String, String> utilities = program.style() == Program.Style.ANSIBLE_MODULE
                ? utilities(args, program)
                : Map.of();
        Sh more = utilities.isEmpty()
                ? Sh.raw("")
                : Sh.of("printf %s {} >\"$b_dir/launch.py\" && printf %s {} >\"$b_dir/utilities\" || exit 1\n",
                        LAUNCHER,
                        Json.compact(MapValue.named(utilities.entrySet().stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new Text(entry.getValue()))))));
        Sh start = interpreter(args, program);
        NodePython place = args.python();
        String name = args.name() + (program.python() ? ".py" : "");
        String module = module(args);
        Sh last = utilities.isEmpty()
                ? Sh.raw("")
                : module.indexOf('.') < 0
                        ? Sh.of(" {}", place.file("utilities"))
                        : Sh.of(" {} {}", place.file("utilities"), module.substring(0, module.lastIndexOf('.')));
        Sh launcher = utilities.isEmpty() ? Sh.raw("") : Sh.of("{} ", place.file("launch.py"));
        Sh command = Sh.of("{}{}{} {}{}", start, launcher, place.file(name), place.file("arguments"), last);
        return Sh.of("""
                {}{}b_module=$b_dir/{}
                {} >"$b_module" && printf %s {} >"$b_dir/arguments" || exit 1
                {}chmod 700 "$b_module"
                umask "$b_um"
                {}{} </dev/null
                """, pythonIsThere(args, program), place.made(), name, take, Sh.secret(file), more, Shell.LOGIN,
                new Sh.Part.Started(command));
    }

    private static Map<String, String> utilities(Args args, Program program) {
        List<Path> folders = Stream.concat(paths(args.call(), "utilities").stream(), Python.moduleUtils().stream())
                .toList();
        return new Utilities(folders, paths(args.call(), "collections"))
                .of(new String(program.bytes(), StandardCharsets.UTF_8), module(args));
    }

    /** The module's name in Python: relative imports begin there. */
    private static String module(Args args) {
        String path = args.file().path().toString();
        int at = path.lastIndexOf("ansible_collections/");
        return at < 0 ? args.name() : path.substring(at).replaceFirst("\\.py$", "").replace('/', '.');
    }

    private static List<Path> paths(MapValue call, String name) {
        return call.get(name).orElse(null) instanceof bramble.value.ListValue list
                ? list.items().stream().map(PythonText::of).map(Path::of).toList()
                : List.of();
    }

    private static String words(MapValue given) {
        return given.byName().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + quoted(entry.getValue() instanceof Text(String text)
                        ? text
                        : PythonText.of(entry.getValue())))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String text) {
        return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\"'\"'") + "'";
    }

    /** What stands before the module's file. */
    private static Sh interpreter(Args args, Program program) {
        if (program.interpreter().isEmpty()) {
            return Sh.raw("");
        }
        if (!program.python()) {
            return named(args, program).map(path -> Sh.of("{} ", Sh.raw(path)))
                    .orElseGet(() -> Sh.of("{} ", program.interpreter()));
        }
        String python = python(args, program);
        return python.isEmpty()
                ? Sh.of("\"$({})\" ", ANY_PYTHON)
                : Sh.of("{} ", Sh.raw(python));
    }

    /** Ends it with a result that says so, where the Python that is to run it is not there. */
    private static Sh pythonIsThere(Args args, Program program) {
        if (!program.python()) {
            return Sh.raw("");
        }
        String named = python(args, program).strip();
        String what = "Tried to run the module " + args.name() + ", which is written in Python, but there is no "
                + (named.isEmpty() ? "Python" : named) + " there.";
        Sh end = Sh.of("{ printf %s {}; exit 0; }\n",
                Json.compact(MapValue.of("failed", true, "msg", what, "rc", NOT_THERE)));
        return named.isEmpty()
                ? Sh.of("{ {}; } >/dev/null || {}", ANY_PYTHON, end)
                : Sh.of("command -v {} >/dev/null || {}", named.split("\\s+", -1)[0], end);
    }

    /** The Python that was named; empty where any will do. */
    private static String python(Args args, Program program) {
        return named(args, program).orElseGet(() -> PythonText.of(args.call().get("python").orElse(new Text(""))));
    }

    private static Optional<String> named(Args args, Program program) {
        return args.call().get("interpreters").filter(MapValue.class::isInstance)
                .flatMap(map -> ((MapValue) map).get(program.interpreterName().orElse(""))).map(PythonText::of);
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(BroughtModule.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
