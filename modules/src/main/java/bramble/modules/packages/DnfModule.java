package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Platform;
import bramble.shell.Sh;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code dnf}: packages of Fedora and its relatives. */
@AutoService(AnyModule.class)
public final class DnfModule implements SystemPackages<DnfModule.Args> {
    @Doc(value = "Installs, upgrades and removes packages on Fedora and its relatives.", aliases = {"yum",
        "dnf5"}, neverSettles = "of groups, files and all packages at once, only dnf itself knows whether there is something to do", example = """
                - name: Have rsync
                  ansible.builtin.dnf:
                    name: rsync
                    state: present
                """, returns = {
            "stdout: str: what dnf printed", "stderr: str: what it complained about",
            "packages: list: the packages that came or went"}, refuses = {
                "allow_downgrade: Let command run dnf downgrade.",
                "download_only: Let command run dnf download.", "download_dir: Let command run dnf download --destdir.",
                "installroot: Let command run dnf --installroot.", "list: package_facts tells what is installed.",
                "update_only: Ask for what package_facts says is installed, with state: latest."})
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
            @Arg(value = "Removes what was installed as a dependency and is no longer needed.", fallback = "no") boolean autoremove,
            @Arg(value = "The configuration file of dnf.", nodePath = true) Optional<String> confFile,
            @Arg("The release that packages are taken from.") Optional<String> releasever,
            @Arg("Which exclusions of the configuration don't count: all, main, or a repository.") Optional<String> disableExcludes,
            @Arg(value = "Plugins of dnf that take no part.", fallback = "[]") List<String> disablePlugin,
            @Arg(value = "Plugins that do, though the configuration says otherwise.", fallback = "[]") List<String> enablePlugin,
            @Arg(value = "Whether only what is on the node already is looked at.", fallback = "no") boolean cacheonly,
            @Arg(value = "Whether repositories have to prove who they are.", fallback = "yes") boolean sslverify,
            @Arg(value = "The same, of packages that are given by an address.", fallback = "yes") boolean validateCerts,
            @Arg(value = "Accepted; dnf's own plugins are not needed.", fallback = "yes") boolean installRepoquery,
            @Arg(value = "Accepted; dnf waits for another one by itself.", fallback = "30") int lockTimeout) {}

    @Override
    public SimpleTask task(Args args) {
        var words = new ArrayList<String>(List.of("dnf", "-y"));
        args.confFile().ifPresent(file -> words.addAll(List.of("-c", file)));
        args.releasever().ifPresent(release -> words.add("--releasever=" + release));
        args.enablerepo().forEach(repo -> words.add("--enablerepo=" + repo));
        args.disablerepo().forEach(repo -> words.add("--disablerepo=" + repo));
        args.exclude().forEach(one -> words.add("--exclude=" + one));
        args.disableExcludes().ifPresent(which -> words.add("--disableexcludes=" + which));
        args.disablePlugin().forEach(one -> words.add("--disableplugin=" + one));
        args.enablePlugin().forEach(one -> words.add("--enableplugin=" + one));
        Words.flag(words, args.cacheonly(), "--cacheonly");
        Words.flag(words, !args.sslverify() || !args.validateCerts(), "--setopt=sslverify=False");
        Words.flag(words, args.disableGpgCheck(), "--nogpgcheck");
        Words.flag(words, !args.installWeakDeps(), "--setopt=install_weak_deps=False");
        Words.flag(words, args.allowerasing(), "--allowerasing");
        Words.flag(words, args.skipBroken(), "--skip-broken");
        Words.flag(words, args.security(), "--security");
        Words.flag(words, args.bugfix(), "--bugfix");
        boolean all = args.name().equals(List.of("*"));
        Optional<Sh> whole = all && args.state() == PackageState.LATEST
                ? Optional.of(Sh.of("{} upgrade", words))
                : args.autoremove() && args.name().isEmpty()
                        ? Optional.of(Sh.of("{} autoremove", words))
                        : Optional.empty();
        return new SimpleTask(Platform.Packages.DNF, "dnf", all ? List.of() : args.name(), args.state().goal(),
                args.updateCache() ? Optional.of(Sh.of("{} makecache", words)) : Optional.empty(), whole,
                Sh.of("{} install{}", words,
                        Sh.raw(args.nobest() ? " --nobest" : args.state() == PackageState.LATEST ? " --best" : "")),
                Sh.of("{} {}", words, Sh.raw(args.autoremove() ? "autoremove" : "remove")));
    }

    @Override
    public String name() {
        return "dnf";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
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

    @Override
    public String systems() {
        return "Fedora and its relatives";
    }
}
