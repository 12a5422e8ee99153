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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code dnf}: packages of Fedora and its relatives. */
@AutoService(AnyModule.class)
public final class DnfModule implements TaskModule<DnfModule.Args, DnfModule.State> {
    private static final String LISTS = "package lists";

    @Doc(value = "Installs, upgrades and removes packages on Fedora and its relatives.", aliases = {"yum",
        "dnf5"}, neverSettles = "download_only fetches each time; of groups and files, only dnf itself knows whether there is something to do", example = """
                - name: Have rsync
                  ansible.builtin.dnf:
                    name: rsync
                    state: present
                """, returns = {
            "results: list: the packages that came and went, each with its version",
            "failures: list: which packages there are not", "rc: int: 1 where dnf refuses, otherwise 0"}, refuses = {
                "list: package_facts tells what is installed."})
    public record Args(
            @Arg(value = "Package names, groups with an @, addresses or paths of packages; * with latest stands for all.", aliases = "pkg", fallback = "[]") List<String> name,
            @Arg(value = "Whether they are to be there, of the newest version, or gone.", fallback = "present") PackageState state,
            @Arg(value = "Whether to fetch the package lists first.", aliases = "expire-cache", fallback = "no") boolean updateCache,
            @Arg(value = "Repositories that count for this task.", fallback = "[]") List<String> enablerepo,
            @Arg(value = "Repositories that don't.", fallback = "[]") List<String> disablerepo,
            @Arg(value = "Packages that are left alone.", fallback = "[]") List<String> exclude,
            @Arg(value = "Allows packages without a signature.", fallback = "no") boolean disableGpgCheck,
            @Arg(value = "Whether to install what packages recommend.", fallback = "yes") boolean installWeakDeps,
            @Arg(value = "Allows that packages go to let others come.", fallback = "no") boolean allowerasing,
            @Arg(value = "Allows a version that isn't the best.", fallback = "no") boolean nobest,
            @Arg(value = "Leaves out what can't be installed.", fallback = "no") boolean skipBroken,
            @Arg(value = "With latest: only what mends a hole.", fallback = "no") boolean security,
            @Arg(value = "With latest: only what mends a fault.", fallback = "no") boolean bugfix,
            @Arg(value = "With latest: leaves alone what isn't installed.", fallback = "no") boolean updateOnly,
            @Arg(value = "Whether an older package from a file replaces a newer one; a version that is asked for always does.", fallback = "no") boolean allowDowngrade,
            @Arg(value = "Fetches the packages, and installs none.", fallback = "no") boolean downloadOnly,
            @Arg(value = "Where fetched packages are put; among dnf's own if not given.", nodePath = true) Optional<String> downloadDir,
            @Arg(value = "The tree that they are in; the node's own if not given.", nodePath = true) Optional<String> installroot,
            @Arg(value = "Removes what was installed as a dependency and is no longer needed.", fallback = "no") boolean autoremove,
            @Arg(value = "The configuration file of dnf.", nodePath = true) Optional<String> confFile,
            @Arg("The release that packages are taken from.") Optional<String> releasever,
            @Arg("Which exclusions of the configuration don't count: all, main, or a repository.") Optional<String> disableExcludes,
            @Arg(value = "Plugins of dnf that take no part.", fallback = "[]") List<String> disablePlugin,
            @Arg(value = "Plugins that do, though the configuration says otherwise.", fallback = "[]") List<String> enablePlugin,
            @Arg(value = "Whether only what is on the node already is looked at.", fallback = "no") boolean cacheonly,
            @Arg(value = "Whether repositories have to prove who they are.", fallback = "yes") boolean sslverify,
            @Arg(value = "The same, of packages that are given by an address.", fallback = "yes") boolean validateCerts,
            @Arg(value = "Accepted; the node's dnf is used, whichever it is.", fallback = "auto") String useBackend,
            @Arg(value = "Accepted; dnf's own plugins are not needed.", fallback = "yes") boolean installRepoquery,
            @Arg(value = "Accepted; dnf waits for another one by itself.", fallback = "30") int lockTimeout) {
        private Optional<String> root() {
            return installroot.filter(path -> !path.equals("/"));
        }
    }

    /** Whether dnf is there, and what it would do. */
    public record State(Maybe<Optional<String>> command, DnfFact.Found found) {}

    @Override
    public String name() {
        return "dnf";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        DnfFact fact = fact(args);
        boolean idle = fact.names().isEmpty() && fact.goal() != DnfFact.Goal.ALWAYS;
        return Inquiry.maybe(new CommandFact("dnf")).and(idle
                ? Inquiry.nothing(new DnfFact.Found(Set.of(), Maybe.known(DnfFact.Transaction.NONE)))
                : Inquiry.of(fact), State::new);
    }

    private static DnfFact fact(Args args) {
        List<String> names = args.name().stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
        List<String> options = options(args);
        if (args.autoremove() && names.isEmpty()) {
            return new DnfFact(options, "autoremove", DnfFact.Goal.ALWAYS, List.of(), args.root());
        }
        return switch (args.state().goal()) {
            case PRESENT -> new DnfFact(options, "install", DnfFact.Goal.PRESENT, names, args.root());
            case ABSENT -> new DnfFact(options, args.autoremove() ? "autoremove" : "remove", DnfFact.Goal.ABSENT, names,
                    args.root());
            case LATEST -> names.equals(List.of("*"))
                    ? new DnfFact(options, "upgrade", DnfFact.Goal.ALWAYS, List.of(), args.root())
                    : args.updateOnly()
                            ? new DnfFact(options, "upgrade", DnfFact.Goal.UPDATE, names, args.root())
                            : new DnfFact(options, "install", DnfFact.Goal.ALWAYS, names, args.root());
        };
    }

    private static List<String> options(Args args) {
        var words = new ArrayList<String>();
        Words.flag(words, args.updateCache(), "--refresh");
        args.confFile().ifPresent(file -> words.addAll(List.of("-c", file)));
        args.root().ifPresent(root -> words.add("--installroot=" + root));
        args.releasever().ifPresent(release -> words.add("--releasever=" + release));
        args.enablerepo().forEach(repo -> words.add("--enablerepo=" + repo));
        args.disablerepo().forEach(repo -> words.add("--disablerepo=" + repo));
        args.exclude().forEach(one -> words.add("--exclude=" + one));
        args.disableExcludes().ifPresent(which -> words.add("--disableexcludes=" + which));
        args.disablePlugin().forEach(one -> words.add("--disableplugin=" + one));
        args.enablePlugin().forEach(one -> words.add("--enableplugin=" + one));
        Words.flag(words, args.cacheonly(), "--cacheonly");
        Words.flag(words, !args.sslverify() || !args.validateCerts(), "--setopt=sslverify=False");
        words.add(args.disableGpgCheck() ? "--nogpgcheck" : "--setopt=localpkg_gpgcheck=True");
        Words.flag(words, !args.installWeakDeps(), "--setopt=install_weak_deps=False");
        Words.flag(words, args.allowerasing(), "--allowerasing");
        Words.flag(words, args.nobest(), "--nobest");
        Words.flag(words, !args.nobest() && args.state() == PackageState.LATEST, "--best");
        Words.flag(words, args.skipBroken(), "--skip-broken");
        Words.flag(words, args.security(), "--security");
        Words.flag(words, args.bugfix(), "--bugfix");
        if (args.downloadOnly()) {
            words.add("--downloadonly");
            args.downloadDir().ifPresent(folder -> words.add("--destdir=" + folder));
        }
        return words;
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.command.orElse(Optional.of("")).isEmpty()) {
            return new Plan.Refused("Tried to use dnf, but the node has none; Fedora and its relatives have it."
                    + " The module package finds the right tool by itself.");
        }
        DnfFact fact = fact(args);
        var changes = new ArrayList<Change>();
        boolean fetched = actual.found.transaction().map(found -> !found.steps().isEmpty()).orElse(true); // by --refresh
        if (args.updateCache() && !fetched) {
            changes.add(new Change(LISTS, Diff.NONE, List.of(
                    new Action.Run(Sh.of("LC_ALL=C dnf -y {} makecache", fact.options()))), List.of()));
        }
        if (!(actual.command instanceof Maybe.Known<Optional<String>>)) { // an earlier task brings dnf
            if (!fact.names().isEmpty() && fact.goal() != DnfFact.Goal.ABSENT) {
                changes.add(change(args, fact, fact.names(), List.of()));
            }
            return Plan.of(changes);
        }
        DnfFact.Transaction transaction = actual.found.transaction().get();
        if (transaction.failed()) {
            return refused(transaction.complaint());
        }
        List<DnfStep> steps = allowed(args, fact, transaction.steps());
        if (!steps.isEmpty()) {
            changes.add(change(args, fact, switch (fact.goal()) {
                case PRESENT -> fact.names().stream().filter(name -> !actual.found.installed().contains(name))
                        .filter(name -> args.allowDowngrade() || transaction.steps().stream()
                                .noneMatch(step -> goesBack(name, step)))
                        .toList();
                case ABSENT, UPDATE -> fact.names().stream()
                        .filter(name -> name.startsWith("@") || actual.found.installed().contains(name)).toList();
                case ALWAYS -> fact.names();
            }, steps));
        }
        return Plan.of(changes);
    }

    /** Without an older package from a file, unless the task says so. */
    private static List<DnfStep> allowed(Args args, DnfFact fact, List<DnfStep> steps) {
        return args.allowDowngrade()
                ? steps
                : steps.stream().filter(step -> fact.names().stream().noneMatch(name -> goesBack(name, step))).toList();
    }

    private static boolean goesBack(String name, DnfStep step) {
        return step.older() && name.endsWith("/" + step.full(step.after().replaceFirst("^\\d+:", "")) + ".rpm");
    }

    private static Change change(Args args, DnfFact fact, List<String> names, List<DnfStep> steps) {
        var action = new Action.Run(Sh.of("LC_ALL=C dnf -y {} {} {}", fact.options(), fact.verb(), names));
        List<String> come = Stream.concat(names.stream(), steps.stream().filter(step -> !step.after().isEmpty())
                .map(DnfStep::name)).distinct().toList();
        String subject = names.isEmpty()
                ? String.join(" ", steps.stream().map(DnfStep::name).toList())
                : String.join(" ", names);
        if (args.downloadOnly()) {
            return new Change(subject, Diff.text("fetched packages", "", lines(steps.stream()
                    .filter(step -> !step.after().isEmpty()).map(step -> step.full(step.after())))), List.of(action),
                    List.of());
        }
        var effects = new ArrayList<Effect>();
        effects.add(Effect.becomes(new DnfDone(args.root()),
                new DnfDone.Done(names, fact.goal() != DnfFact.Goal.ABSENT, steps)));
        if (args.root().isEmpty() && steps.stream().anyMatch(step -> step.before().isEmpty())) {
            effects.add(Arrival.of(come, names));
        }
        return new Change(subject, Diff.text("packages", lines(steps.stream().filter(step -> !step.before().isEmpty())
                .map(step -> step.full(step.before()))), lines(
                        steps.stream().filter(step -> !step.after().isEmpty())
                                .map(step -> step.full(step.after())))),
                List.of(action), effects);
    }

    private static String lines(Stream<String> names) {
        return names.sorted().map(name -> name + "\n").reduce("", String::concat);
    }

    private static final Pattern MISSING = Pattern.compile("^No match for argument: (?<name>.*)$", Pattern.MULTILINE);
    private static final Pattern EXCLUDED = Pattern.compile(
            "^(?<why>All matches were filtered out by .* for argument: (?<name>.*))$", Pattern.MULTILINE);
    private static final Pattern GROUP = Pattern.compile(
            "^Module or Group '(?<name>.*)' (?:is not available|does not exist)\\.$",
            Pattern.MULTILINE);

    private static final Pattern UNSIGNED = Pattern.compile("^Package (?<name>\\S+)\\.rpm is not signed$",
            Pattern.MULTILINE);

    /** What dnf says, in the words that Ansible has for it. */
    private static Plan refused(String complaint) {
        var failures = new ArrayList<String>();
        MISSING.matcher(complaint).results().map(found -> "No package " + found.group(1) + " available.")
                .forEach(failures::add);
        EXCLUDED.matcher(complaint).results().map(found -> found.group(2) + " " + found.group(1))
                .forEach(failures::add);
        List<String> groups = GROUP.matcher(complaint).results()
                .map(found -> "No group " + found.group(1) + " available.").toList();
        if (failures.isEmpty() && !groups.isEmpty()) {
            return new Plan.Refused(groups.getFirst(),
                    MapValue.of("rc", 1, "results", List.of(), "failures", List.of()));
        }
        failures.addAll(groups);
        return new Plan.Refused(
                failures.isEmpty() ? why(complaint) : "Failed to install some of the specified packages",
                MapValue.of("rc", 1, "results", List.of(), "failures", failures));
    }

    private static String why(String complaint) {
        if (complaint.contains("superuser privileges")) {
            return "This command has to be run under the root user.";
        }
        String plain = complaint.lines().filter(line -> !line.startsWith("(try to add ")
                && !line.startsWith("Last metadata expiration check") && !line.startsWith("Unable to detect release"))
                .reduce("", (one, two) -> one + two + "\n").strip();
        int error = plain.indexOf("Error: \n Problem");
        return error < 0
                ? plain
                : "Depsolve Error occurred: " + plain.substring(error + "Error: ".length());
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        DnfFact fact = fact(args);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            Answer answer = failed.get();
            String complaint = (answer.errors().isBlank() ? answer.text() : answer.errors()).strip();
            return Verdict.failed(UNSIGNED.matcher(complaint).results().findFirst()
                    .map(found -> "Failed to validate GPG signature for " + found.group(1) + ": " + found.group())
                    .orElse(complaint),
                    MapValue.of("rc", 1, "results", List.of(), "failures", List.of()));
        }
        boolean changed = applied.changes().stream().anyMatch(change -> !change.subject().equals(LISTS));
        var results = new ArrayList<String>();
        if (fact.goal() != DnfFact.Goal.ABSENT) { // of package files it is told that they are there, also where they were already
            fact.names().stream().filter(name -> name.matches("/.*\\.rpm")).map(name -> "Installed " + name)
                    .forEach(results::add);
        }
        if (fact.goal() == DnfFact.Goal.UPDATE) {
            fact.names().stream().filter(name -> !before.found.installed().contains(name))
                    .map(name -> "Packages providing " + name + " not installed due to update_only specified")
                    .forEach(results::add);
        }
        if (changed) {
            List<DnfStep> steps = allowed(args, fact,
                    before.found.transaction().orElse(DnfFact.Transaction.NONE).steps());
            (args.downloadOnly()
                    ? steps.stream().filter(step -> !step.after().isEmpty())
                            .map(step -> "Downloaded: " + step.full(step.after()))
                    : steps.stream().flatMap(DnfStep::told)).sorted().forEach(results::add);
        }
        String msg = changed
                ? ""
                : args.updateCache() && fact.names().isEmpty() ? "Cache updated" : "Nothing to do";
        return Verdict.changed(changed, MapValue.of("rc", 0, "msg", msg, "results", results));
    }

    /** What dnf prints, then what rpm prints. */
    @Override
    public Optional<String> waits(String line) {
        Matcher lock = Pattern.compile(
                "Waiting for process with pid (?<process>\\d+) to finish\\.|(?:warning: )?waiting for transaction lock on (?<lock>\\S+)")
                .matcher(line.strip());
        if (!lock.matches()) {
            return Optional.empty();
        }
        return Optional.of(lock.group("process") != null
                ? "dnf's lock is held by process " + lock.group("process")
                : "rpm's lock " + lock.group("lock") + " is held by another process");
    }
}
