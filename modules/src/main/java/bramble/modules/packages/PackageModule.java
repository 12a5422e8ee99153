package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code package}: packages, by whatever the node installs them with. */
@AutoService(AnyModule.class)
public final class PackageModule implements TaskModule<PackageModule.Args, PackageModule.State> {
    private static final AptModule APT = new AptModule();
    private static final DnfModule DNF = new DnfModule();

    @Doc(value = "Installs and removes packages with the package manager that the node has: apt, apk, opkg or dnf.", example = """
            - name: Have rsync everywhere
              ansible.builtin.package:
                name: rsync
                state: present
            """, returns = {
        "stdout: str: what the package manager printed",
        "stderr: str: what it complained about"})
    public record Args(
            @Arg(value = "Package names, as the node's distribution calls them.", aliases = "pkg") List<String> name,
            @Arg(value = "Whether they are to be there, of the newest version, or gone.", fallback = "present") PackageState state,
            @Arg(value = "The package manager to use; by itself the one that the node has.", fallback = "auto") String use,
            @Arg(value = "Whether to fetch the package lists first.", name = "update_cache", aliases = "update-cache") Optional<Boolean> updateCache,
            @Arg(value = "For apt: lists that are younger than this many seconds are not fetched again.", name = "cache_valid_time", fallback = "0") int cacheValidTime,
            @Arg(value = "For apt: removes what is no longer needed.", fallback = "no") boolean autoremove,
            @Arg(value = "For apt: whether to install what a package recommends.", name = "install_recommends") Optional<Boolean> installRecommends,
            @Arg(value = "For apt: removes the configuration files too.", fallback = "no") boolean purge,
            @Arg(value = "For apt: how many seconds to wait for another apt or dpkg to finish.", name = "lock_timeout", fallback = "60") int lockTimeout,
            @Arg(value = "For apt: allows an older version to replace a newer one.", name = "allow_downgrade", aliases = {
                "allow-downgrade", "allow_downgrades", "allow-downgrades"}, fallback = "no") boolean allowDowngrade,
            @Arg(value = "For apt: allows packages whose origin can't be proved.", name = "allow_unauthenticated", aliases = "allow-unauthenticated", fallback = "no") boolean allowUnauthenticated,
            @Arg(value = "For apt: allows packages that are on hold to change.", name = "allow_change_held_packages", fallback = "no") boolean allowChangeHeldPackages,
            @Arg(value = "For apt: the release that packages are taken from.", name = "default_release", aliases = "default-release") Optional<String> defaultRelease,
            @Arg(value = "For apt: options for dpkg, separated by commas, without the dashes.", name = "dpkg_options", fallback = "force-confdef,force-confold") String dpkgOptions,
            @Arg(value = "For apt: services are not started meanwhile; what policy-rc.d is to exit with.", name = "policy_rc_d") Optional<Integer> policyRcD,
            @Arg(value = "For apt: upgrades what is installed and installs nothing new.", name = "only_upgrade", fallback = "no") boolean onlyUpgrade,
            @Arg(value = "For apt: fails where something would be removed.", name = "fail_on_autoremove", fallback = "no") boolean failOnAutoremove,
            @Arg(value = "For apt: allows whatever apt-get would otherwise refuse.", fallback = "no") boolean force){}

    /** What matters to a task. */
    public sealed interface State {
        /** The node has no package manager that is known here. */
        record None(String wanted) implements State {}

        /** apt's own. */
        record OfApt(AptModule.State state) implements State {}

        /** dnf's own. */
        record OfDnf(DnfModule.State state) implements State {}

        /** That of the simpler ones. */
        record Simple(SimpleTask task, SimpleTask.State state) implements State {}
    }

    @Override
    public String name() {
        return "package";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Optional<String> standsFor() {
        return Optional.of("pkg_mgr");
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        Optional<Platform.Packages> tool = switch (args.use()) {
            case "auto" -> Optional.of(node.packages());
            case "apt" -> Optional.of(Platform.Packages.APT);
            case "apk", "community.general.apk" -> Optional.of(Platform.Packages.APK);
            case "opkg", "community.general.opkg" -> Optional.of(Platform.Packages.OPKG);
            case "dnf", "yum", "dnf5" -> Optional.of(Platform.Packages.DNF);
            default -> Optional.empty();
        };
        return switch (tool.orElse(Platform.Packages.NONE)) {
            case APT -> APT.inspect(apt(args), node).map(State.OfApt::new);
            case NONE -> Inquiry.nothing(new State.None(args.use()));
            case DNF -> DNF.inspect(dnf(args), node).map(State.OfDnf::new);
            case APK, OPKG -> {
                SimpleTask task = simple(args, tool.orElseThrow());
                yield task.inspect().map(state -> new State.Simple(task, state));
            }
        };
    }

    private static SimpleTask simple(Args args, Platform.Packages tool) {
        SimpleTask.Goal goal = args.state().goal();
        boolean update = args.updateCache().orElse(false);
        return switch (tool) {
            case APK -> new SimpleTask(tool, "apk", args.name(), goal,
                    update ? Optional.of(Sh.raw("apk update")) : Optional.empty(), Optional.empty(),
                    Sh.raw("apk add --upgrade"), Sh.raw("apk del"));
            case OPKG -> new SimpleTask(tool, "opkg", args.name(), goal,
                    update ? Optional.of(Sh.raw("opkg update")) : Optional.empty(), Optional.empty(),
                    Sh.raw("opkg install"), Sh.raw("opkg remove"));
            case DNF, APT, NONE -> throw new IllegalArgumentException(tool + " is no simple one");
        };
    }

    private static DnfModule.Args dnf(Args args) {
        return new DnfModule.Args(args.name(), args.state(), args.updateCache().orElse(false), List.of(), List.of(),
                List.of(), false, true, false, false, false, false, false, false, false, false, Optional.empty(),
                Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(),
                false, true, true, "auto", true, 30);
    }

    private static AptModule.Args apt(Args args) {
        AptModule.Wanted state = switch (args.state()) {
            case PRESENT, INSTALLED -> AptModule.Wanted.PRESENT;
            case ABSENT, REMOVED -> AptModule.Wanted.ABSENT;
            case LATEST -> AptModule.Wanted.LATEST;
        };
        return new AptModule.Args(args.name(), state, args.updateCache(), args.cacheValidTime(), 5, 12,
                AptModule.Upgrade.NO, args.autoremove(), false, false, args.purge(), args.installRecommends(),
                args.allowDowngrade(), args.allowUnauthenticated(), args.allowChangeHeldPackages(),
                args.defaultRelease(), args.dpkgOptions(), args.lockTimeout(), args.policyRcD(), args.onlyUpgrade(),
                args.failOnAutoremove(), false, args.force(), Optional.empty());
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual) {
            case State.None none -> new Plan.Refused(none.wanted.equals("auto")
                    ? "Could not detect which package manager to use. Try gathering facts or setting the \"use\" option."
                    : "Could not find a matching action for the \"" + none.wanted + "\" package manager.");
            case State.OfApt(AptModule.State state) -> APT.plan(apt(args), state);
            case State.OfDnf(DnfModule.State state) -> DNF.plan(dnf(args), state);
            case State.Simple(SimpleTask task, SimpleTask.State state) ->
                task.plan(state, "other systems");
        };
    }

    @Override
    public Optional<String> waits(String line) {
        return APT.waits(line).or(() -> DNF.waits(line));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        if (before instanceof State.OfApt(AptModule.State state)) {
            return APT.judge(apt(args), state, new Applied<>(applied.changes(), applied.answers(),
                    applied.after().map(after -> after instanceof State.OfApt(AptModule.State now) ? now : state),
                    applied.predicted(), applied.detailed()));
        }
        if (before instanceof State.OfDnf(DnfModule.State state)) {
            return DNF.judge(dnf(args), state, new Applied<>(applied.changes(), applied.answers(),
                    applied.after().map(after -> after instanceof State.OfDnf(DnfModule.State now) ? now : state),
                    applied.predicted(), applied.detailed()));
        }
        return before instanceof State.Simple(SimpleTask task, SimpleTask.State state)
                ? task.judge(new Applied<>(applied.changes(), applied.answers(),
                        applied.after().map(after -> after instanceof State.Simple(var _, SimpleTask.State now)
                                ? now
                                : state),
                        applied.predicted(), applied.detailed()))
                : Verdict.changed(false, MapValue.EMPTY);
    }
}
