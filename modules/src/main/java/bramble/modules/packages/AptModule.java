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
import bramble.modules.files.MeFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code apt}: Debian's packages. */
@AutoService(AnyModule.class)
public final class AptModule implements TaskModule<AptModule.Args, AptModule.State> {
    private static final String LISTS = "package lists";

    /** What is to be true of the packages. */
    public enum Wanted {
        ABSENT,
        BUILD_DEP,
        LATEST,
        PRESENT,
        FIXED,
        INSTALLED,
        REMOVED
    }

    /** How all packages are to be upgraded. */
    public enum Upgrade {
        DIST,
        FULL,
        NO,
        SAFE,
        YES
    }

    @Doc(value = "Installs, upgrades and removes packages with apt.", neverSettles = "without cache_valid_time, update_cache fetches the package lists each time", example = """
            - name: Install what the cluster's nodes need
              ansible.builtin.apt:
                name: [rsync, tmux]
                state: present
                update_cache: true
                cache_valid_time: 86400
            """, returns = {
        "cache_updated: bool: whether newer package lists were fetched",
        "cache_update_time: int: when they were last fetched, in seconds since 1970",
        "stdout: str: what apt-get printed; in a dry run, what its simulation did",
        "stderr: str: what apt-get complained about", "msg: str: of an upgrade, the same as stdout"})
    public record Args(
            @Arg(value = "Package names; {@code name=version} and wildcards are understood.", aliases = {"package",
                "pkg"}, fallback = "[]") List<String> name,
            @Arg(value = "Whether they are to be there, of the newest version, or gone; build-dep installs what is needed to build them, fixed mends broken dependencies.", fallback = "present") Wanted state,
            @Arg(value = "Whether to fetch the package lists first.", name = "update_cache", aliases = "update-cache") Optional<Boolean> updateCache,
            @Arg(value = "Lists that are younger than this many seconds are not fetched again.", name = "cache_valid_time", fallback = "0") int cacheValidTime,
            @Arg(value = "How often to try again to fetch the lists.", name = "update_cache_retries", fallback = "5") int updateCacheRetries,
            @Arg(value = "The longest pause between these tries, in seconds.", name = "update_cache_retry_max_delay", fallback = "12") int updateCacheRetryMaxDelay,
            @Arg(value = "Upgrades all packages: yes and safe remove none, full and dist may.", fallback = "no") Upgrade upgrade,
            @Arg(value = "Removes packages that were installed as dependencies and are no longer needed.", fallback = "no") boolean autoremove,
            @Arg(value = "Removes downloaded packages that can no longer be had.", fallback = "no") boolean autoclean,
            @Arg(value = "Removes all downloaded packages.", fallback = "no") boolean clean,
            @Arg(value = "Removes the configuration files too.", fallback = "no") boolean purge,
            @Arg(value = "Whether to install what a package recommends; as apt is configured if not given.", name = "install_recommends", aliases = "install-recommends") Optional<Boolean> installRecommends,
            @Arg(value = "Allows an older version to replace a newer one.", name = "allow_downgrade", aliases = {
                "allow-downgrade", "allow_downgrades",
                "allow-downgrades"}, fallback = "no") boolean allowDowngrade,
            @Arg(value = "Allows packages whose origin can't be proved.", name = "allow_unauthenticated", aliases = "allow-unauthenticated", fallback = "no") boolean allowUnauthenticated,
            @Arg(value = "Allows packages that are on hold to change.", name = "allow_change_held_packages", fallback = "no") boolean allowChangeHeldPackages,
            @Arg(value = "The release that packages are taken from.", name = "default_release", aliases = "default-release") Optional<String> defaultRelease,
            @Arg(value = "Options for dpkg, separated by commas, without the dashes.", name = "dpkg_options", fallback = "force-confdef,force-confold") String dpkgOptions,
            @Arg(value = "How many seconds to wait for another apt or dpkg to finish.", name = "lock_timeout", fallback = "60") int lockTimeout,
            @Arg(value = "While packages are installed, services are not started: what policy-rc.d is to exit with.", name = "policy_rc_d") Optional<Integer> policyRcD,
            @Arg(value = "Upgrades what is installed and installs nothing new.", name = "only_upgrade", fallback = "no") boolean onlyUpgrade,
            @Arg(value = "Fails where something would be removed.", name = "fail_on_autoremove", fallback = "no") boolean failOnAutoremove,
            @Arg(value = "apt-get is always used.", name = "force_apt_get", fallback = "no") boolean forceAptGet,
            @Arg(value = "Allows whatever apt-get would otherwise refuse.", fallback = "no") boolean force,
            @Arg(value = "A package file on the node, or an address where the node fetches it.") Optional<String> deb){}

    /** What matters to a task. */
    public sealed interface State {
        /** The node has no apt. */
        record NoApt() implements State {}

        /**
         * The node has.
         *
         * @param packages what is so of the packages, or what an upgrade would do
         * @param cache when the lists were fetched
         * @param root whether packages may be changed by who runs the task
         */
        record Apt(AptFact question, AptState packages, AptCacheFact.Cache cache, boolean root) implements State {}
    }

    @Override
    public String name() {
        return "apt";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (!node.has("apt-get")) {
            return Inquiry.nothing(new State.NoApt());
        }
        var cache = new AptCacheFact(args.cacheValidTime() > 0);
        var me = new MeFact();
        AptFact question = question(args);
        if (question.goal() != AptFact.Goal.ALWAYS && question.specs().isEmpty()) {
            var nothing = new AptState(Map.of(), List.of(), List.of(), Maybe.known(AptState.Transaction.NONE));
            return Inquiry.ask(List.of(cache, me),
                    facts -> new State.Apt(question, nothing, facts.get(cache), facts.get(me).root()));
        }
        // the questions of a loop follow each other, so that they share a simulation
        return Inquiry.ask(List.of(cache, me, question),
                facts -> new State.Apt(question, facts.get(question), facts.get(cache), facts.get(me).root()));
    }

    /** What is asked of apt-get, and done by it. */
    private static AptFact question(Args args) {
        List<String> options = options(args);
        List<String> specs = args.name().stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
        boolean all = specs.equals(List.of("*"));
        if (args.upgrade() != Upgrade.NO || (all && args.state() == Wanted.LATEST)) {
            boolean full = args.upgrade() == Upgrade.DIST || args.upgrade() == Upgrade.FULL;
            return new AptFact(AptFact.Goal.ALWAYS,
                    with(options, full ? List.of("dist-upgrade") : List.of("upgrade", "--with-new-pkgs")), List.of());
        }
        if (args.deb().isPresent()) {
            return new AptFact(AptFact.Goal.ALWAYS, with(options, List.of("install")), List.of(args.deb().get()));
        }
        if (specs.isEmpty() && args.state() != Wanted.FIXED) {
            List<String> verb = args.autoremove() ? List.of("autoremove") : List.of("autoclean");
            return new AptFact(args.autoremove() || args.autoclean() ? AptFact.Goal.ALWAYS : AptFact.Goal.PRESENT,
                    with(options, verb), List.of());
        }
        return switch (args.state()) {
            case PRESENT, INSTALLED -> new AptFact(AptFact.Goal.PRESENT, with(options, List.of("install")), specs);
            case LATEST -> new AptFact(AptFact.Goal.ALWAYS, with(options, List.of("install")), specs);
            case FIXED ->
                new AptFact(AptFact.Goal.ALWAYS, with(options, List.of("--fix-broken", "install")), specs);
            case BUILD_DEP -> new AptFact(AptFact.Goal.ALWAYS, with(options, List.of("build-dep")), specs);
            case ABSENT, REMOVED -> new AptFact(AptFact.Goal.ABSENT, with(options, List.of("remove")), specs);
        };
    }

    private static List<String> options(Args args) {
        var options = new ArrayList<String>();
        for (String option : args.dpkgOptions().split(",", -1)) {
            if (!option.isBlank()) {
                options.addAll(List.of("-o", "Dpkg::Options::=--" + option.strip()));
            }
        }
        args.installRecommends()
                .ifPresent(yes -> options.addAll(List.of("-o", "APT::Install-Recommends=" + (yes ? "yes" : "no"))));
        args.defaultRelease().ifPresent(release -> options.addAll(List.of("-t", release)));
        Words.flag(options, args.allowDowngrade() || args.force(), "--allow-downgrades");
        Words.flag(options, args.allowUnauthenticated() || args.force(), "--allow-unauthenticated");
        Words.flag(options, args.allowChangeHeldPackages() || args.force(), "--allow-change-held-packages");
        Words.flag(options, args.force(), "--allow-remove-essential");
        Words.flag(options, args.onlyUpgrade(), "--only-upgrade");
        Words.flag(options, args.autoremove(), "--auto-remove");
        Words.flag(options, args.failOnAutoremove(), "--no-remove");
        Words.flag(options, args.purge(), "--purge");
        return options;
    }

    private static List<String> with(List<String> options, List<String> verb) {
        var words = new ArrayList<>(options);
        words.addAll(verb);
        return List.copyOf(words);
    }

    private static boolean due(Args args, AptCacheFact.Cache cache) {
        if (args.cacheValidTime() > 0) {
            return cache.older(args.cacheValidTime());
        }
        return args.updateCache().orElse(false);
    }

    private static boolean upgradesAll(Args args) {
        return args.upgrade() != Upgrade.NO || args.name().equals(List.of("*"));
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual) {
            case State.NoApt _ ->
                new Plan.Refused(
                        "Tried to use apt, but the node has no apt-get; package finds the right tool by itself.");
            case State.Apt apt -> refusal(args, apt)
                    .<Plan>map(why -> new Plan.Refused(why, MapValue.of("cache_updated", false)))
                    .orElseGet(() -> apt.root ? Plan.of(changes(args, apt)) : Plan.of(denied(args, apt)));
        };
    }

    private static Optional<String> refusal(Args args, State.Apt apt) {
        boolean sure = !due(args, apt.cache);
        if (!sure || !(apt.packages.transaction() instanceof Maybe.Known<AptState.Transaction>(var transaction))
                || settled(apt)) {
            return Optional.empty();
        }
        return transaction.failed() ? Optional.of(why(apt.question, transaction.errors())) : old(apt, transaction);
    }

    /** What has to be of some version at least, and won't be: apt-get knows no such conditions. */
    private static Optional<String> old(State.Apt apt, AptState.Transaction transaction) {
        return apt.question.goal() == AptFact.Goal.ABSENT
                ? Optional.empty()
                : apt.question.specs().stream().map(AptSpec::of)
                        .filter(spec -> spec.least().isPresent() && !apt.packages.satisfied(spec) && transaction.steps()
                                .stream().noneMatch(step -> spec.names(step.name()) && spec.recent(step.after())))
                        .findFirst().map(spec -> "no available installation candidate for " + spec.text());
    }

    /** apt's complaint in the words that Ansible has for it. */
    private static String why(AptFact question, String errors) {
        if (question.address().isPresent() && !errors.contains("E: ")) {
            return "Failure downloading " + question.address().get() + ", " + errors;
        }
        Matcher unknown = Pattern.compile(
                "E: (?:Unable to locate package|Package '?)(?<name>[^ ']+?)(?:'? has no installation candidate)?$",
                Pattern.MULTILINE)
                .matcher(errors);
        if (errors.contains("Unable to locate package") || errors.contains("has no installation candidate")) {
            String name = unknown.find() ? unknown.group("name").strip() : String.join(" ", question.specs());
            return "No package matching '" + name + "' is available";
        }
        Matcher version = Pattern.compile("E: Version '([^']+)' for '([^']+)' was not found").matcher(errors);
        if (version.find()) {
            return "no available installation candidate for " + version.group(2) + "=" + version.group(1);
        }
        return "'" + line(question) + "' failed: " + errors;
    }

    private static String line(AptFact question) {
        return "/usr/bin/apt-get -y " + Sh.of("{} {}", question.command(), question.specs()).source();
    }

    /** Whether all is so, by what is installed alone. */
    private static boolean settled(State.Apt apt) {
        List<AptSpec> specs = apt.question.specs().stream().map(AptSpec::of).toList();
        return switch (apt.question.goal()) {
            case PRESENT -> specs.stream().allMatch(spec -> !spec.wild() && apt.packages.satisfied(spec));
            case ABSENT ->
                specs.stream().noneMatch(spec -> apt.packages.installed().values().stream().anyMatch(spec::fits))
                        && apt.packages.transaction().orElse(AptState.Transaction.NONE).steps().isEmpty();
            case ALWAYS -> false;
        };
    }

    /** What only root can do, with the words in which apt refuses it. */
    private static List<Change> denied(Args args, State.Apt apt) {
        return changes(args, apt).stream().map(change -> change.refused(change.subject().equals(LISTS)
                ? "Failed to update apt cache: " + locked("/var/lib/apt/lists/lock")
                        + "E: Unable to lock directory /var/lib/apt/lists/"
                : "'" + line(apt.question) + "' failed: " + locked("/var/lib/dpkg/lock-frontend")
                        + "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?"))
                .toList();
    }

    private static String locked(String file) {
        return "E: Could not open lock file " + file
                + " - open (13: Permission denied)\n";
    }

    private static List<Change> changes(Args args, State.Apt apt) {
        var changes = new ArrayList<Change>();
        boolean due = due(args, apt.cache);
        if (due) {
            changes.add(new Change(LISTS, Diff.NONE, List.of(new Action.Run(update(args))),
                    List.of(Effect.becomes(new AptCacheFact(false),
                            new AptCacheFact.Cache(apt.cache.updated(), apt.cache.now(), true)))));
        }
        if (args.clean()) {
            changes.add(new Change("downloaded packages", Diff.NONE, List.of(new Action.Run(Sh.raw("apt-get clean"))),
                    List.of()));
        }
        if (!apt.packages.automatic().isEmpty()) {
            changes.add(new Change("packages to keep", Diff.NONE,
                    List.of(new Action.Run(Sh.of("apt-mark manual {} >/dev/null", apt.packages.automatic()))),
                    List.of(Effect.becomes(new AptMarked(), apt.packages.automatic()))));
        }
        boolean idle = apt.question.goal() != AptFact.Goal.ALWAYS && apt.question.specs().isEmpty();
        if (idle || settled(apt)) {
            return changes;
        }
        if (due && apt.question.goal() != AptFact.Goal.ABSENT) {
            changes.add(change(args, apt.question, apt.packages::satisfied, AptState.Transaction.NONE,
                    Optional.of(missing(apt))));
            return changes;
        }
        AptState.Transaction transaction = apt.packages.transaction().get();
        if (!transaction.steps().isEmpty()) {
            changes.add(change(args, apt.question, apt.packages::satisfied, transaction, Optional.empty()));
        }
        return changes;
    }

    private static List<String> missing(State.Apt apt) {
        return apt.question.specs().stream().map(AptSpec::of).filter(spec -> !apt.packages.satisfied(spec))
                .map(AptSpec::name).toList();
    }

    /**
     * @param there what need not be asked for
     * @param unsimulated the packages that will come, where apt-get can't tell yet what it will do
     */
    private static Change change(Args args, AptFact question, Predicate<AptSpec> there,
            AptState.Transaction transaction, Optional<List<String>> unsimulated) {
        List<String> specs = question.goal() == AptFact.Goal.ABSENT
                ? transaction.steps().stream().map(AptState.Step::name)
                        .filter(name -> question.specs().stream()
                                .anyMatch(spec -> AptSpec.of(spec).names(name.replaceFirst(":.*", ""))))
                        .toList()
                : question.specs().stream().map(AptSpec::of)
                        .filter(spec -> question.goal() != AptFact.Goal.PRESENT || spec.wild() || !there.test(spec))
                        .map(AptSpec::argument).toList();
        Sh words = Sh.of("b_apt_run {} {}", args.lockTimeout(), question.command());
        Sh run = Sh.of("{}{}", policy(args), question.address().map(address -> AptFact.fetched(address, words))
                .orElseGet(() -> Sh.of("{} {}", words, specs))).using(AptRun.LIBRARY);
        var effects = new ArrayList<Effect>();
        List<AptState.Step> steps = unsimulated
                .map(names -> names.stream().map(name -> new AptState.Step(name, "", "?"))
                        .toList())
                .orElse(transaction.steps());
        if (!question.command().contains("autoclean")) {
            effects.add(Effect.becomes(new AptDone(), steps));
            List<String> coming = steps.stream().filter(step -> step.before().isEmpty()).map(AptState.Step::name)
                    .toList();
            if (!coming.isEmpty()) {
                effects.add(Arrival.of(coming,
                        question.specs().stream().map(spec -> AptSpec.of(spec).name()).toList()));
            }
            List<String> going = steps.stream().filter(step -> !step.before().isEmpty() && step.after().isEmpty())
                    .map(AptState.Step::name).toList();
            if (!going.isEmpty()) {
                effects.add(Departure.of(going, args.purge()));
            }
        } else {
            effects.add(Effect.becomes(question, AptState.CLEAN));
        }
        String subject = specs.isEmpty() ? question.command().getLast() : String.join(" ", specs);
        return new Change(subject, Diff.prepared(transaction.text().stripTrailing()), List.of(new Action.Run(run)),
                effects);
    }

    private static Sh policy(Args args) {
        return args.policyRcD().map(code -> Sh.of("b_apt_policy {}\n", code)).orElse(Sh.raw(""));
    }

    private static Sh update(Args args) {
        return Sh.of("b_apt_update {} {} {}", args.lockTimeout(), args.updateCacheRetries(),
                args.updateCacheRetryMaxDelay()).using(AptRun.LIBRARY);
    }

    /** "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 123 (apt-get)..." */
    @Override
    public Optional<String> waits(String line) {
        Matcher lock = Pattern
                .compile("Waiting for cache lock: Could not get lock (\\S+?)\\.? It is held by process (.+?)[. ]*")
                .matcher(line.strip());
        return lock.matches()
                ? Optional.of("apt's lock " + lock.group(1) + " is held by process " + lock.group(2))
                : Optional.empty();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        if (!(before instanceof State.Apt apt)) {
            return Verdict.changed(false, MapValue.EMPTY);
        }
        boolean due = due(args, apt.cache);
        if (applied.predicted() && due && apt.root && !settled(apt)) {
            unpredictable(apt);
        }
        boolean updated = due && (applied.predicted() || updated(apt, applied) != apt.cache.updated());
        MapValue results = MapValue.of("cache_updated", updated, "cache_update_time", updated(apt, applied));
        List<Answer> answers = applied.answers();
        if (due && !answers.isEmpty() && !answers.getFirst().ok()) {
            return Verdict.failed("Failed to update apt cache: " + answers.getFirst().errors().strip(), results);
        }
        boolean keeps = !apt.packages.automatic().isEmpty(); // which counts as no change
        boolean ran = applied.changes().size() > (due ? 1 : 0) + (args.clean() ? 1 : 0) + (keeps ? 1 : 0);
        boolean asked = !apt.question.specs().isEmpty() || upgradesAll(args);
        if (!ran) {
            boolean looked = apt.question.specs().isEmpty(); // apt-get was asked, whatever is installed
            return Verdict.changed(updated && !asked, looked ? results.with(foreseen(args, apt, due)) : results);
        }
        if (applied.predicted()) {
            return Verdict.changed(true, results.with(foreseen(args, apt, due)));
        }
        Answer last = answers.getLast();
        results = results.with(summed(args, MapValue.of("stdout", last.text(), "stderr", last.errors())));
        if (!last.ok()) {
            return Verdict.failed(why(apt.question, last.errors().isBlank() ? last.text() : last.errors().strip()),
                    results.with("rc", last.status()));
        }
        boolean nothing = Pattern.compile("^0 upgraded, 0 newly installed, 0 to remove", Pattern.MULTILINE)
                .matcher(last.text()).find();
        return Verdict.changed(!nothing || (updated && !asked), results);
    }

    /** What is told of an upgrade as a whole. */
    private static MapValue summed(Args args, MapValue said) {
        return upgradesAll(args) && said.get("stdout").isPresent()
                ? said.with("msg", said.get("stdout").get())
                : said;
    }

    /** What the simulation printed. */
    private static MapValue foreseen(Args args, State.Apt apt, boolean due) {
        return !due && apt.packages.transaction() instanceof Maybe.Known<AptState.Transaction>(var transaction)
                && !transaction.said().isEmpty()
                        ? summed(args, MapValue.of("stdout", transaction.said(), "stderr", ""))
                        : MapValue.EMPTY;
    }

    /** Some tasks depend on lists that a dry run doesn't fetch. */
    private static void unpredictable(State.Apt apt) {
        boolean comes = apt.question.goal() == AptFact.Goal.PRESENT || !missing(apt).isEmpty();
        boolean known = apt.packages.transaction() instanceof Maybe.Known<AptState.Transaction>(var t) && !t.failed();
        if (apt.question.goal() != AptFact.Goal.ABSENT && !(comes && known)) {
            throw new Maybe.UnknownException("the package lists would be fetched first");
        }
    }

    private static long updated(State.Apt apt, Applied<State> applied) {
        return applied.after().orElse(apt) instanceof State.Apt now ? now.cache.updated() : apt.cache.updated();
    }
}
