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
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code opkg}: packages of OpenWrt. */
@AutoService(AnyModule.class)
public final class OpkgModule implements TaskModule<OpkgModule.Args, OpkgModule.State> {
    /** What is to be true of the packages. */
    public enum Wanted {
        PRESENT,
        INSTALLED,
        ABSENT,
        REMOVED;

        private SimpleTask.Goal goal() {
            return switch (this) {
                case PRESENT, INSTALLED -> SimpleTask.Goal.PRESENT;
                case ABSENT, REMOVED -> SimpleTask.Goal.ABSENT;
            };
        }
    }

    /** What opkg lets through that it would refuse. */
    public enum Force {
        DEPENDS,
        MAINTAINER,
        REINSTALL,
        OVERWRITE,
        DOWNGRADE,
        SPACE,
        POSTINSTALL,
        REMOVE,
        CHECKSUM,
        REMOVAL_OF_DEPENDENT_PACKAGES
    }

    @Doc(value = "Installs and removes packages on OpenWrt.", collection = "community.general", neverSettles = "update_cache fetches the package lists each time, which counts as no change", example = """
            - name: Have a packet sniffer on the router
              community.general.opkg:
                name: tcpdump
                update_cache: true
            """, returns = {
        "stdout: str: what opkg printed", "stderr: str: what it complained about",
        "packages: list: the packages that came or went"})
    public record Args(@Arg(value = "Package names.", aliases = "pkg") List<String> name,
            @Arg(value = "Whether they are to be there.", fallback = "present") Wanted state,
            @Arg("What opkg would refuse and shall do.") Optional<Force> force,
            @Arg(value = "Whether to fetch the package lists first.", fallback = "no") boolean updateCache,
            @Arg(value = "The opkg to use.", fallback = "opkg") String executable) {}

    private static SimpleTask task(Args args) {
        Sh force = args.force().map(word -> Sh.of(" --force-{}",
                Sh.raw(word.name().toLowerCase(Locale.ROOT).replace('_', '-')))).orElse(Sh.raw(""));
        return new SimpleTask(Platform.Packages.OPKG, args.executable(), args.name(), args.state().goal(),
                args.updateCache() ? Optional.of(Sh.of("{} update", args.executable())) : Optional.empty(),
                Optional.empty(), Sh.of("{}{} install", args.executable(), force),
                Sh.of("{}{} remove", args.executable(), force));
    }

    /** What there is. */
    public record State(SimpleTask.State simple) {}

    @Override
    public String name() {
        return "opkg";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return task(args).inspect().map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        return task(args).plan(actual.simple, "OpenWrt and its relatives");
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return task(args).judge(new Applied<>(applied.changes(), applied.answers(),
                applied.after().map(State::simple), applied.predicted()));
    }
}
