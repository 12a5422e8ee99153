package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.shell.Sh;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code apk}: packages of Alpine. */
@AutoService(AnyModule.class)
public final class ApkModule implements SystemPackages<ApkModule.Args> {
    @Doc(value = "Installs, upgrades and removes packages on Alpine.", collection = "community.general", neverSettles = "upgrade asks for newer packages each time", example = """
            - name: Have rsync
              community.general.apk:
                name: rsync
                update_cache: true
            """, returns = {
        "msg: str: what was done",
        "stdout: str: what apk printed", "stderr: str: what it complained about",
        "packages: list: the packages that came or went"})
    public record Args(@Arg(value = "Package names.", fallback = "[]") List<String> name,
            @Arg(value = "Whether they are to be there, of the newest version, or gone.", fallback = "present") PackageState state,
            @Arg(value = "Whether to fetch the package lists first.", fallback = "no") boolean updateCache,
            @Arg(value = "Upgrades all packages.", fallback = "no") boolean upgrade,
            @Arg(value = "With upgrade: takes only versions that can still be had.", fallback = "no") boolean available,
            @Arg(value = "Keeps no package lists on the node.", fallback = "no") boolean noCache,
            @Arg(value = "Addresses or paths to take packages from, in place of /etc/apk/repositories.", fallback = "[]") List<String> repository) {}

    @Override
    public SimpleTask task(Args args) {
        var words = new ArrayList<String>(List.of("apk"));
        if (args.noCache()) {
            words.add("--no-cache");
        }
        if (!args.repository().isEmpty()) {
            words.addAll(List.of("--repositories-file", "/dev/null"));
            args.repository().forEach(one -> words.addAll(List.of("-X", one)));
        }
        return new SimpleTask(Platform.Packages.APK, "apk", args.name(), args.state().goal(),
                args.updateCache() ? Optional.of(Sh.of("{} update", words)) : Optional.empty(),
                args.upgrade()
                        ? Optional.of(Sh.of("{} upgrade{}", words, Sh.raw(args.available() ? " --available" : "")))
                        : Optional.empty(),
                Sh.of("{} add{}", words, Sh.raw(args.state() == PackageState.LATEST ? " --upgrade" : "")),
                Sh.of("{} del", words));
    }

    @Override
    public String name() {
        return "apk";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public String systems() {
        return "Alpine and its relatives";
    }

    @Override
    public Plan plan(Args args, SimpleTask.State actual) {
        return args.name().isEmpty() && !args.upgrade() && !args.updateCache()
                ? Plan.mistake("one of the following is required: name, update_cache, upgrade")
                : SystemPackages.super.plan(args, actual);
    }
}
