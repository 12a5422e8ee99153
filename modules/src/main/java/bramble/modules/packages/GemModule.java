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
import java.util.Locale;
import java.util.Optional;

/** {@code gem}: Ruby's packages. */
@AutoService(AnyModule.class)
public final class GemModule implements TaskModule<GemModule.Args, GemModule.State> {
    /** What is to be true of the package. */
    public enum Wanted {
        PRESENT,
        ABSENT,
        LATEST
    }

    @Doc(value = "Installs and removes Ruby packages with gem, which the node has to have, with Ruby.", collection = "community.general", example = """
            - name: Have the tool that reads the meter
              community.general.gem:
                name: rmodbus
                user_install: false
            """, returns = {
        "name: str: the package", "state: str: what was wanted", "version: str: the version"})
    public record Args(@Arg("The package.") String name,
            @Arg(value = "Whether it is to be there, of the newest version, or gone.", fallback = "present") Wanted state,
            @Arg("The version.") Optional<String> version,
            @Arg("A file on the node to install it from.") Optional<String> gemSource,
            @Arg(value = "Where packages are taken from.", aliases = "source") Optional<String> repository,
            @Arg(value = "Whether it is installed for the user alone.", fallback = "yes") boolean userInstall,
            @Arg(value = "The folder to install it in; user_install must be false.", nodePath = true) Optional<String> installDir,
            @Arg(value = "The folder for its commands.", nodePath = true) Optional<String> bindir,
            @Arg(value = "Whether what it needs is installed too.", fallback = "yes") boolean includeDependencies,
            @Arg(value = "Whether its documentation is installed too.", fallback = "no") boolean includeDoc,
            @Arg(value = "Whether versions that aren't finished count.", fallback = "no") boolean preRelease,
            @Arg(value = "Whether its commands begin with env.", fallback = "no") boolean envShebang,
            @Arg(value = "Installs and removes it whatever depends on it.", fallback = "no") boolean force,
            @Arg(value = "Whether gem's configuration files are left aside.", fallback = "yes") boolean norc,
            @Arg("Flags for what has to be compiled.") Optional<String> buildFlags,
            @Arg(value = "The gem to use.", fallback = "gem", nodePath = true) String executable) {}

    /** What is installed. */
    public record State(Optional<GemFact.Versions> versions) {}

    @Override
    public String name() {
        return "gem";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static GemFact fact(Args args) {
        return new GemFact(args.executable(), args.name(), args.installDir().stream().toList(),
                args.state() == Wanted.LATEST);
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.version().isPresent() && args.state() == Wanted.LATEST) {
            return Plan.mistake("Cannot specify version when state=latest");
        }
        if (args.gemSource().isPresent() && args.state() == Wanted.LATEST) {
            return Plan.mistake("Cannot maintain state=latest when installing from local source");
        }
        for (Optional<String> other : List.of(args.repository(), args.version())) {
            if (args.gemSource().isPresent() && other.isPresent()) {
                return Plan.mistake("parameters are mutually exclusive: gem_source|"
                        + (other.equals(args.version()) ? "version" : "repository"));
            }
        }
        if (args.installDir().isPresent() && args.userInstall()) {
            return Plan.mistake("install_dir requires user_install=false");
        }
        if (actual.versions.isEmpty()) {
            return new Plan.Refused(new CommandFact(args.executable()).sentence("install " + args.name(),
                    "ruby (OpenWrt: ruby-gems)"));
        }
        GemFact.Versions now = actual.versions.get();
        boolean there = args.version().map(now.installed()::contains).orElse(!now.installed().isEmpty());
        return switch (args.state()) {
            case PRESENT -> there ? Plan.NOTHING : change(args, now, true, args.version().orElse(GemFact.COMING));
            case LATEST -> {
                boolean newest = there && (now.newest().isEmpty() || now.installed().contains(now.newest()));
                yield newest
                        ? Plan.NOTHING
                        : change(args, now, true, now.newest().isEmpty() ? GemFact.COMING : now.newest());
            }
            case ABSENT -> there ? change(args, now, false, args.version().orElse("")) : Plan.NOTHING;
        };
    }

    private static Plan change(Args args, GemFact.Versions now, boolean comes, String version) {
        var left = new ArrayList<String>();
        if (comes) {
            left.add(version);
            left.addAll(now.installed());
        } else if (!version.isEmpty()) {
            now.installed().stream().filter(one -> !one.equals(version)).forEach(left::add);
        }
        Effect after = Effect.becomes(fact(args), Optional.of(new GemFact.Versions(left, now.newest())));
        return Plan.of(new Change(args.name(), Diff.text(args.name(), lines(args, now.installed()), lines(args, left)),
                List.of(new Action.Run(Sh.of("{} </dev/null", comes ? install(args) : uninstall(args)))),
                comes ? List.of(Arrival.of(List.of(args.name())), after) : List.of(after)));
    }

    private static String lines(Args args, List<String> versions) {
        return versions.stream().map(version -> version.equals(GemFact.COMING)
                ? args.name() + "\n"
                : args.name() + " " + version + "\n").reduce("", String::concat);
    }

    private static Sh install(Args args) {
        var words = new ArrayList<String>(List.of("install"));
        Words.flag(words, args.norc(), "--norc");
        args.version().ifPresent(version -> words.addAll(List.of("--version", version)));
        args.repository().ifPresent(source -> words.addAll(List.of("--source", source)));
        Words.flag(words, !args.includeDependencies(), "--ignore-dependencies");
        if (args.installDir().isPresent()) {
            words.addAll(List.of("--install-dir", args.installDir().get()));
        } else {
            words.add(args.userInstall() ? "--user-install" : "--no-user-install");
        }
        args.bindir().ifPresent(folder -> words.addAll(List.of("--bindir", folder)));
        Words.flag(words, args.preRelease(), "--pre");
        Words.flag(words, !args.includeDoc(), "--no-document");
        Words.flag(words, args.envShebang(), "--env-shebang");
        Words.flag(words, args.force(), "--force");
        words.add(args.gemSource().orElse(args.name()));
        args.buildFlags().ifPresent(flags -> words.addAll(List.of("--", flags)));
        return Sh.of("{} {}", args.executable(), words);
    }

    private static Sh uninstall(Args args) {
        var words = new ArrayList<String>(List.of("uninstall"));
        Words.flag(words, args.norc(), "--norc");
        args.installDir().ifPresent(folder -> words.addAll(List.of("--install-dir", folder)));
        args.bindir().ifPresent(folder -> words.addAll(List.of("--bindir", folder)));
        words.addAll(args.version().map(version -> List.of("--version", version)).orElse(List.of("--all")));
        words.add("--executable");
        Words.flag(words, args.force(), "--force");
        words.add(args.name());
        return Sh.of("{} {}", args.executable(), words);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("name", args.name(), "state", args.state().name().toLowerCase(Locale.ROOT));
        if (args.version().isPresent()) {
            results = results.with("version", args.version().get());
        }
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed((failed.get().errors().isBlank() ? failed.get().text() : failed.get().errors())
                        .strip(), results.with("rc", failed.get().status()))
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
