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
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code npm}: libraries of Node.js. */
@AutoService(AnyModule.class)
public final class NpmModule implements TaskModule<NpmModule.Args, NpmModule.State> {
    /** What is to be true of the library. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        LATEST
    }

    @Doc(value = "Installs and removes libraries of Node.js with npm, which the node has to have.", collection = "community.general", neverSettles = "without a name, only npm itself knows what a project lacks", example = """
            - name: Have the flows that switch the lamps
              community.general.npm:
                name: node-red
                global: true
            """)
    public record Args(@Arg("The library; without one, what the project in path names.") Optional<String> name,
            @Arg(value = "The project's folder.", nodePath = true) Optional<String> path,
            @Arg("The version.") Optional<String> version,
            @Arg(value = "Whether it is for the whole node.", fallback = "no") boolean global,
            @Arg(value = "The npm to use.", fallback = "npm", nodePath = true) String executable,
            @Arg(value = "Installs just what the project's lock file names.", fallback = "no") boolean ci,
            @Arg(value = "Whether scripts of libraries are left aside.", fallback = "no") boolean ignoreScripts,
            @Arg(value = "Whether what only development needs is left out.", fallback = "no") boolean production,
            @Arg(value = "Whether what isn't needed by all means is left out.", fallback = "no") boolean noOptional,
            @Arg(value = "Whether links to commands are left out.", fallback = "no") boolean noBinLinks,
            @Arg(value = "Runs scripts of libraries as root.", fallback = "no") boolean unsafePerm,
            @Arg("Where libraries are taken from.") Optional<String> registry,
            @Arg(value = "Whether it is to be there, of the newest version, or gone.", fallback = "present") Wanted state) {}

    /** What is installed. */
    public record State(Optional<NpmFact.Libraries> libraries) {}

    @Override
    public String name() {
        return "npm";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static NpmFact fact(Args args) {
        return new NpmFact(args.executable(), args.global() ? "" : args.path().orElse("."),
                args.state() == Wanted.LATEST);
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!args.global() && args.path().isEmpty()) {
            return Plan.mistake("path must be specified when not using global");
        }
        if (args.name().isEmpty() && (args.global() || args.state() == Wanted.ABSENT)) {
            return Plan.mistake("name must be specified with global and with state=absent");
        }
        if (actual.libraries.isEmpty()) {
            return new Plan.Refused(new CommandFact(args.executable())
                    .sentence("look after " + args.name().orElse(args.path().orElse("")), "npm (OpenWrt: node-npm)"));
        }
        NpmFact.Libraries now = actual.libraries.get();
        if (args.name().isEmpty()) {
            if (now.sound() && !now.versions().isEmpty() && !args.ci() && args.state() == Wanted.PRESENT) {
                return Plan.NOTHING;
            }
            String verb = args.ci() ? "ci" : args.state() == Wanted.LATEST ? "update" : "install";
            return Plan.of(new Change(args.path().orElse(""), Diff.NONE,
                    List.of(new Action.Run(run(args, List.of(verb)))),
                    List.of(Arrival.of(List.of(args.path().orElse(""))), Effect.becomes(fact(args), Optional
                            .of(new NpmFact.Libraries(now.versions(), List.of(), true))))));
        }
        String name = args.name().get();
        Optional<String> is = Optional.ofNullable(now.versions().get(name));
        boolean there = is.isPresent()
                && (args.version().isEmpty() || is.get().equals(NpmFact.COMING) || is.equals(args.version()));
        String whole = args.version().map(version -> name + "@" + version).orElse(name);
        return switch (args.state()) {
            case PRESENT -> there ? Plan.NOTHING : change(args, now, List.of("install", whole), args.version());
            case LATEST -> there && !now.old().contains(name)
                    ? Plan.NOTHING
                    : change(args, now, List.of("install", args.version().isEmpty() ? name + "@latest" : whole),
                            args.version());
            case ABSENT ->
                is.isEmpty() ? Plan.NOTHING : change(args, now, List.of("uninstall", name), Optional.empty());
        };
    }

    private static Plan change(Args args, NpmFact.Libraries now, List<String> words, Optional<String> version) {
        String name = args.name().orElseThrow();
        Map<String, String> versions = new TreeMap<>(now.versions());
        Optional<String> comes = args.state() == Wanted.ABSENT
                ? Optional.empty()
                : Optional.of(version.orElse(NpmFact.COMING));
        String before = line(name, Optional.ofNullable(versions.remove(name)));
        comes.ifPresent(one -> versions.put(name, one));
        Effect after = Effect.becomes(fact(args), Optional
                .of(new NpmFact.Libraries(versions, now.old().stream().filter(one -> !one.equals(name)).toList(),
                        now.sound())));
        return Plan.of(new Change(name, Diff.text(name, before, line(name, comes)),
                List.of(new Action.Run(run(args, words))),
                comes.isPresent() ? List.of(Arrival.of(List.of(name)), after) : List.of(after)));
    }

    private static String line(String name, Optional<String> version) {
        return version.map(text -> text.equals(NpmFact.COMING) ? name + "\n" : name + "@" + text + "\n").orElse("");
    }

    private static Sh run(Args args, List<String> words) {
        var all = new ArrayList<>(words);
        Words.flag(all, args.global(), "--global");
        Words.flag(all, args.production(), "--production");
        Words.flag(all, args.ignoreScripts(), "--ignore-scripts");
        Words.flag(all, args.unsafePerm(), "--unsafe-perm");
        Words.flag(all, args.noOptional(), "--no-optional");
        Words.flag(all, args.noBinLinks(), "--no-bin-links");
        args.registry().ifPresent(address -> all.addAll(List.of("--registry", address)));
        Sh folder = args.global() || args.state() == Wanted.ABSENT
                ? Sh.raw("")
                : Sh.of("mkdir -p {} && ", args.path().orElse("."));
        return Sh.of("{}{}{} {} </dev/null", folder, fact(args).in(), args.executable(), all);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            return Verdict.failed(failed.get().errors().strip(), MapValue.of("rc", failed.get().status()));
        }
        if (args.name().isEmpty() && applied.predicted()) {
            return Verdict.unknown(true, "only npm itself can tell what the project lacks", MapValue.EMPTY);
        }
        boolean idle = args.name().isEmpty()
                && applied.answers().stream().anyMatch(answer -> answer.text().contains("up to date"));
        return Verdict.changed(!applied.changes().isEmpty() && !idle, MapValue.EMPTY);
    }
}
