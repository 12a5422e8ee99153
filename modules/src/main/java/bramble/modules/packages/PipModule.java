package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.Placed;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code pip}: Python's packages. */
@AutoService(AnyModule.class)
public final class PipModule implements TaskModule<PipModule.Args, PipModule.State> {
    /** What is to be true of the packages. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        LATEST,
        FORCEREINSTALL
    }

    @Doc(value = "Installs and removes Python packages with pip, which the node has to have, with Python.", neverSettles = "forcereinstall installs anew each time, and of latest, of addresses and of files that name them only pip itself knows whether there is something to do", example = """
            - name: Have the library that drives the lamps, in an environment of its own
              ansible.builtin.pip:
                name: rpi-ws281x>=5
                virtualenv: /opt/lamps
            """, returns = {
        "cmd: list: how pip is called", "name: list: the packages", "version: str: the version",
        "requirements: str: the file that names packages", "virtualenv: str: the environment's folder",
        "state: str: what was wanted", "stdout: str: what pip printed", "stderr: str: what it complained about"})
    public record Args(
            @Arg(value = "Packages, with conditions as in requests>=2.0; addresses and paths too.", fallback = "[]") List<String> name,
            @Arg("The version, of the one package that is named.") Optional<String> version,
            @Arg("A file on the node that names packages, one a line.") Optional<String> requirements,
            @Arg(value = "The folder of a virtual environment, made if it isn't there.", nodePath = true) Optional<String> virtualenv,
            @Arg(value = "The command that makes it, with options; python3 -m venv where there is no virtualenv.", fallback = "virtualenv") String virtualenvCommand,
            @Arg("The Python that the environment uses.") Optional<String> virtualenvPython,
            @Arg(value = "Whether the environment sees the system's packages too.", fallback = "no") boolean virtualenvSitePackages,
            @Arg(value = "Whether they are to be there, of the newest version, installed anew, or gone.", fallback = "present") Wanted state,
            @Arg("More words for pip.") Optional<String> extraArgs,
            @Arg(value = "Whether addresses and paths are installed so that they can be worked on.", fallback = "no") boolean editable,
            @Arg(value = "The folder that pip is run in.", nodePath = true) Optional<String> chdir,
            @Arg(value = "The pip to use: pip3.11, or a path.", nodePath = true) Optional<String> executable,
            @Arg("The permissions that new files don't get, octal.") Optional<String> umask,
            @Arg(value = "Whether pip may change what the distribution looks after.", fallback = "no") boolean breakSystemPackages) {

        public Args {
            name = whole(name);
        }

        /** Names with a comma in them, which a text for a list is parted at: {@code requests[socks,security]>=2,<3}. */
        private static List<String> whole(List<String> parts) {
            var names = new ArrayList<String>();
            for (String part : parts) {
                boolean open = !names.isEmpty() && names.getLast().lastIndexOf('[') > names.getLast().lastIndexOf(']');
                if (!names.isEmpty() && (open || part.strip().matches("[<>=!~]=?.*"))) {
                    names.add(names.removeLast() + "," + part.strip());
                } else {
                    names.add(part);
                }
            }
            return List.copyOf(names);
        }

        private Optional<String> mistake() {
            if (name.isEmpty() && requirements.isEmpty()) {
                return Optional.of("one of the following is required: name, requirements");
            }
            if (!name.isEmpty() && requirements.isPresent()) {
                return Optional.of("parameters are mutually exclusive: name|requirements");
            }
            if (executable.isPresent() && virtualenv.isPresent()) {
                return Optional.of("parameters are mutually exclusive: executable|virtualenv");
            }
            if (version.isPresent() && state == Wanted.LATEST) {
                return Optional.of("version is incompatible with state=latest");
            }
            if (version.isPresent() && name.size() > 1) {
                return Optional.of("'version' says nothing where several packages are named: give each its own, as in "
                        + name.getFirst() + "==" + version.get());
            }
            if (version.isPresent() && !name.isEmpty() && !PipSpec.of(name.getFirst()).versions().isEmpty()) {
                return Optional.of("'version' conflicts with the version that stands beside the package's name");
            }
            return umask.filter(text -> !text.matches("[0-7]{1,4}"))
                    .map(text -> "umask must be an octal integer, as 0022, not " + text);
        }

        private List<PipSpec> specs() {
            return name.stream().map(String::strip).filter(text -> !text.isEmpty())
                    .map(text -> PipSpec.of(version.map(v -> v.matches("[<>=!~].*") ? text + v : text + "==" + v)
                            .orElse(text)))
                    .toList();
        }
    }

    /**
     * What matters to a task.
     *
     * @param packages empty where there is no pip
     * @param list the file that names packages
     */
    public record State(PipFact fact, Optional<PipFact.Packages> packages, Maybe<Optional<String>> python,
            Maybe<Optional<String>> maker, Optional<TextEdit> list) {}

    @Override
    public String name() {
        return "pip";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        List<String> candidates = args.virtualenv().map(folder -> List.of(folder + "/bin/pip3", folder + "/bin/pip"))
                .or(() -> args.executable().map(List::of)).orElse(List.of());
        var fact = new PipFact(candidates, args.virtualenv().isPresent() ? "" : args.chdir().orElse(""));
        var python = new CommandFact("python3");
        var maker = new CommandFact(maker(args));
        Inquiry<State> state = Inquiry.ask(List.of(fact, python, maker),
                facts -> new State(fact, facts.get(fact).filter(found -> !found.command().isEmpty()),
                        facts.maybe(python), facts.maybe(maker), Optional.empty()));
        return args.requirements().isEmpty()
                ? state
                : state.and(TextEdit.of(NodePath.resolve(args.chdir().orElse("."), args.requirements().get())),
                        (known, list) -> new State(known.fact, known.packages, known.python, known.maker,
                                Optional.of(list)));
    }

    private static String maker(Args args) {
        return args.virtualenvCommand().strip().split("\\s+", -1)[0];
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> mistake = args.mistake();
        if (mistake.isPresent()) {
            return Plan.mistake(mistake.get());
        }
        boolean makes = args.virtualenv().isPresent() && actual.packages.isEmpty();
        String what = args.requirements().map(file -> "what " + file + " names").orElse(String.join(", ", args.name()));
        if (actual.packages.isEmpty() && !makes) {
            boolean python = actual.python.orElse(Optional.of("")).isPresent();
            return new Plan.Refused("Tried to use pip for " + what + ", but the node has no "
                    + args.executable().orElse(python ? "pip" : "python3, and pip is a Python program")
                    + ": install the package python3-pip (Alpine: py3-pip) first.");
        }
        if (makes && actual.python.orElse(Optional.of("")).isEmpty()) {
            return new Plan.Refused("Tried to make the virtual environment " + args.virtualenv().get()
                    + ", but the node has no python3: install the packages python3 and python3-venv first.");
        }
        if (actual.list.isPresent() && !actual.list.get().exists()) {
            return new Plan.Refused("Tried to read " + args.requirements().orElse("") + ", but "
                    + actual.list.get().obstacle().orElse("there is no such file") + ".");
        }
        if (makes && args.state() == Wanted.ABSENT) {
            return Plan.NOTHING;
        }
        List<PipSpec> specs = actual.list.map(list -> listed(list.text())).orElse(args.specs());
        var packages = actual.packages.orElse(new PipFact.Packages("", Map.of()));
        boolean absent = args.state() == Wanted.ABSENT;
        List<PipSpec> due = specs.stream().filter(spec -> switch (args.state()) {
            case PRESENT -> !packages.satisfies(spec);
            case ABSENT -> packages.versions().containsKey(spec.name());
            case LATEST, FORCEREINSTALL -> true;
        }).toList();
        var changes = new ArrayList<Change>();
        if (makes) {
            changes.add(environment(args, actual));
        }
        if (!due.isEmpty()) {
            changes.add(change(args, actual, packages, absent, actual.list.isPresent() && !absent ? specs : due));
        }
        return Plan.of(changes);
    }

    /** The packages that a file names; lines that only pip understands are kept as such. */
    private static List<PipSpec> listed(String text) {
        return text.replace("\\\n", " ").lines().map(line -> line.replaceFirst("(^|\\s)#.*", "").strip())
                .filter(line -> !line.isEmpty()).map(PipSpec::of).toList();
    }

    private static Change environment(Args args, State actual) {
        String folder = args.virtualenv().orElseThrow();
        boolean plain = args.virtualenvCommand().equals("virtualenv")
                && actual.maker.orElse(Optional.of("")).isEmpty();
        var words = new ArrayList<String>(
                plain ? List.of("python3", "-m", "venv") : List.of(args.virtualenvCommand().strip().split("\\s+", -1)));
        if (plain && args.virtualenvPython().isPresent()) {
            words.set(0, args.virtualenvPython().get());
        } else {
            args.virtualenvPython().ifPresent(python -> words.add("-p" + python));
        }
        if (args.virtualenvSitePackages()) {
            words.add("--system-site-packages");
        }
        words.add(folder);
        return new Change(folder, Diff.attributes(folder, MapValue.of("path", folder, "state", "absent"),
                MapValue.of("path", folder, "state", "directory")),
                List.of(new Action.Run(Sh.of("{}{}{} </dev/null", before(args), in(args), words))),
                List.of(unknown(folder), Effect.becomes(actual.fact,
                        Optional.of(new PipFact.Packages(actual.fact.candidates().getFirst(),
                                Map.of("pip", PipFact.COMING))))));
    }

    /** What the script sets first. */
    private static Sh before(Args args) {
        Sh umask = args.umask().map(mask -> Sh.of("umask {}; ", mask)).orElse(Sh.raw(""));
        return args.breakSystemPackages() ? Sh.of("{}export PIP_BREAK_SYSTEM_PACKAGES=1; ", umask) : umask;
    }

    private static Sh in(Args args) {
        return args.chdir().map(folder -> Sh.of("cd {} && ", folder)).orElse(Sh.raw(""));
    }

    /** What packages bring is unknown where nothing was. */
    private static Effect unknown(String folder) {
        return new Effect.Unknown(
                (fact, value) -> (fact instanceof CommandFact && value instanceof Optional<?> path && path.isEmpty())
                        || (value instanceof Placed placed && (placed.lists(NodePath.within(folder, "*"))
                                || (placed.missing()
                                        && (NodePath.below(placed.real(), folder)
                                                || placed.real().equals(folder))))),
                "it may come with Python packages");
    }

    private static Change change(Args args, State actual, PipFact.Packages packages, boolean absent,
            List<PipSpec> specs) {
        var versions = new TreeMap<>(packages.versions());
        for (PipSpec spec : specs) {
            if (absent) {
                versions.remove(spec.name());
            } else if (spec.known()) {
                versions.put(spec.name(), spec.pinned().orElse(PipFact.COMING));
            }
        }
        List<String> names = specs.stream().map(PipSpec::name).distinct().toList();
        Sh words = Sh.of("{}", words(args, absent, specs));
        return new Change("pip", Diff.text("pip", lines(packages.versions(), names), lines(versions, names)),
                List.of(new Action.Run(
                        Sh.of("{}{}{}", before(args), args.virtualenv().isPresent() ? in(args) : Sh.raw(""),
                                actual.fact.run(words)))),
                List.of(unknown(args.virtualenv().orElse("/usr/local")), Effect.becomes(actual.fact,
                        Optional.of(new PipFact.Packages(packages.command().isEmpty()
                                ? actual.fact.candidates().getFirst()
                                : packages.command(), versions)))));
    }

    private static String lines(Map<String, String> versions, List<String> names) {
        return versions.entrySet().stream().filter(entry -> names.contains(entry.getKey()))
                .map(entry -> entry.getValue().equals(PipFact.COMING)
                        ? entry.getKey() + "\n"
                        : entry.getKey() + "==" + entry.getValue() + "\n")
                .reduce("", String::concat);
    }

    private static List<String> words(Args args, boolean absent, List<PipSpec> specs) {
        var words = new ArrayList<String>(absent ? List.of("uninstall", "-y") : List.of("install"));
        if (args.state() == Wanted.LATEST) {
            words.add("-U");
        }
        if (args.state() == Wanted.FORCEREINSTALL) {
            words.addAll(List.of("-U", "--force-reinstall"));
        }
        args.extraArgs().map(bramble.args.ShellSplit::words).ifPresent(words::addAll);
        if (args.requirements().isPresent()) {
            words.addAll(List.of("-r", args.requirements().get()));
            return words;
        }
        for (PipSpec spec : specs) {
            if (args.editable() && !spec.known()) {
                words.add("-e");
            }
            words.add(spec.text());
        }
        return words;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        boolean absent = args.state() == Wanted.ABSENT;
        var cmd = new ArrayList<>(List.of(before.packages.map(PipFact.Packages::command)
                .orElse(before.fact.candidates().isEmpty() ? "pip3" : before.fact.candidates().getFirst())
                .split(" ", -1)));
        cmd.addAll(words(args, absent, args.specs()));
        MapValue results = MapValue.of("cmd", cmd, "name", args.name().isEmpty() ? null : args.name(),
                "version", args.version().orElse(null), "requirements", args.requirements().orElse(null), "virtualenv",
                args.virtualenv().orElse(null), "state", args.state().name().toLowerCase(Locale.ROOT));
        List<Answer> answers = applied.answers();
        Optional<Answer> failed = answers.stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            String why = failed.get().errors().isBlank() ? failed.get().text() : failed.get().errors();
            return Verdict.failed(why.strip(), results.with("rc", failed.get().status()));
        }
        boolean sure = !applied.changes().isEmpty() && applied.changes().stream()
                .anyMatch(change -> !change.diff().before().equals(change.diff().after()));
        if (applied.predicted()) {
            return sure || applied.changes().isEmpty()
                    ? Verdict.changed(sure, results)
                    : Verdict.unknown(true, "only pip itself can tell whether there is something to do", results);
        }
        String out = answers.stream().map(Answer::text).reduce("", String::concat);
        String errors = answers.stream().map(Answer::errors).reduce("", String::concat);
        boolean did = out.contains("Successfully installed") || out.contains("Successfully uninstalled");
        boolean made = args.virtualenv().isPresent() && before.packages.isEmpty() && !applied.changes().isEmpty();
        return Verdict.changed(did || made, results.with("stdout", out).with("stderr", errors));
    }
}
