package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Platform;
import bramble.shell.Sh;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code opkg}: packages of OpenWrt. */
@AutoService(AnyModule.class)
public final class OpkgModule implements SystemPackages<OpkgModule.Args> {
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
        "msg: str: how many were installed or removed", "stdout: str: what opkg printed",
        "stderr: str: what it complained about",
        "packages: list: the packages that came or went"})
    public record Args(@Arg(value = "Package names.", aliases = "pkg") List<String> name,
            @Arg(value = "Whether they are to be there.", fallback = "present") Wanted state,
            @Arg("What opkg would refuse and shall do.") Optional<Force> force,
            @Arg(value = "Whether to fetch the package lists first.", fallback = "no") boolean updateCache,
            @Arg(value = "The opkg to use.", fallback = "opkg", nodePath = true) String executable) {}

    @Override
    public SimpleTask task(Args args) {
        Sh force = args.force().map(word -> Sh.of(" --force-{}",
                Sh.raw(word.name().toLowerCase(Locale.ROOT).replace('_', '-')))).orElse(Sh.raw(""));
        return new SimpleTask(Platform.Packages.OPKG, args.executable(), args.name(), args.state().goal(),
                args.updateCache() ? Optional.of(Sh.of("{} update", args.executable())) : Optional.empty(),
                Optional.empty(), Sh.of("{}{} install", args.executable(), force),
                Sh.of("{}{} remove", args.executable(), force));
    }

    @Override
    public String name() {
        return "opkg";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public String systems() {
        return "OpenWrt and its relatives";
    }
}
