package bramble.modules.services;

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
import bramble.modules.files.AboutPath;
import bramble.modules.files.CommandFact;
import bramble.modules.files.NodePath;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code apache2_module}: what Apache loads when it starts. */
@AutoService(AnyModule.class)
public final class Apache2ModuleModule
        implements
            TaskModule<Apache2ModuleModule.Args, Optional<Map<String, ApacheModulesFact.Loadable>>> {
    private static final String ENABLED = "/etc/apache2/mods-enabled";

    /** What a2dismod doesn't disable without being forced, as other packages count on it. */
    private static final Set<String> ESSENTIAL = Set.of("alias", "auth_basic", "authn_file", "authz_host", "authz_user",
            "autoindex", "deflate", "dir", "env", "filter", "logio", "mime", "negotiation", "setenvif", "unixd",
            "version", "watchdog");

    /** Whether Apache is to load it. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    /** The arguments of {@code apache2_module}. */
    @Doc(value = "Enables and disables modules of Debian's Apache, those that they need along with them. It counts once Apache starts anew.", collection = "community.general", example = """
            - name: Let .htaccess rewrite addresses
              community.general.apache2_module:
                name: rewrite
              notify: Restart Apache
            """, returns = {
        "result: str: whether the module is enabled now"})
    public record Args(@Arg("The module, as a2enmod calls it.") String name,
            @Arg(value = "Whether Apache is to load it.", fallback = "present") Wanted state,
            @Arg(value = "Whether a module may be disabled that Debian counts as essential, or that others need: these go with it.", fallback = "false") boolean force,
            @Arg("Accepted; what is enabled is seen by the links in mods-enabled.") Optional<String> identifier,
            @Arg(value = "Accepted; the rest of the configuration isn't looked at.", fallback = "false") boolean ignoreConfigcheck,
            @Arg(value = "Accepted.", fallback = "true") boolean warnMpmAbsent) {}

    private static final ApacheModulesFact MODULES = new ApacheModulesFact();

    @Override
    public String name() {
        return "apache2_module";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Optional<Map<String, ApacheModulesFact.Loadable>>> inspect(Args args, Platform node) {
        return Inquiry.of(MODULES);
    }

    @Override
    public Plan plan(Args args, Optional<Map<String, ApacheModulesFact.Loadable>> actual) {
        boolean wanted = args.state() == Wanted.PRESENT;
        if (actual.isEmpty()) {
            return wanted
                    ? new Plan.Refused(new CommandFact("a2enmod").sentence("enable " + args.name(), "apache2"))
                    : Plan.NOTHING;
        }
        Map<String, ApacheModulesFact.Loadable> modules = actual.get();
        ApacheModulesFact.Loadable module = modules.get(args.name());
        if (module == null) {
            return wanted
                    ? new Plan.Refused(
                            "Tried to enable " + args.name() + ", but Apache has no such module: there is no "
                                    + "/etc/apache2/mods-available/" + args.name()
                                    + ".load. Install the package that brings it.")
                    : Plan.NOTHING;
        }
        if (module.enabled() == wanted) {
            return Plan.NOTHING;
        }
        if (wanted) {
            Map<String, ApacheModulesFact.Loadable> after = new TreeMap<>(modules);
            enable(args.name(), after);
            Optional<String> conflict = conflict(modules, after);
            if (conflict.isPresent()) {
                return new Plan.Refused("Tried to enable " + args.name() + ", but " + conflict.get());
            }
            return Plan.of(change(modules, after, Sh.of("a2enmod -q {}", args.name())));
        }
        List<String> users = modules.entrySet().stream()
                .filter(other -> other.getValue().enabled() && other.getValue().needs().contains(args.name()))
                .map(Map.Entry::getKey).toList();
        if (!users.isEmpty() && !args.force()) {
            return new Plan.Refused("Tried to disable " + args.name() + ", but it is needed by "
                    + String.join(", ", users)
                    + ": disable what needs it first, or say force: true to disable it all.");
        }
        if (ESSENTIAL.contains(args.name()) && !args.force()) {
            return new Plan.Refused("Tried to disable " + args.name()
                    + ", but Debian counts it as essential: say force: true if you mean it.");
        }
        Map<String, ApacheModulesFact.Loadable> after = new TreeMap<>(modules);
        disable(args.name(), after);
        return Plan.of(change(modules, after, Sh.of("a2dismod -q -f {}", args.name())));
    }

    private static void enable(String name, Map<String, ApacheModulesFact.Loadable> modules) {
        ApacheModulesFact.Loadable module = modules.get(name);
        if (module != null && !module.enabled()) {
            modules.put(name, module.enabled(true));
            module.needs().forEach(other -> enable(other, modules));
        }
    }

    /** What needs it goes too. */
    private static void disable(String name, Map<String, ApacheModulesFact.Loadable> modules) {
        ApacheModulesFact.Loadable module = modules.get(name);
        if (module != null && module.enabled()) {
            modules.put(name, module.enabled(false));
            modules.entrySet().stream().filter(other -> other.getValue().needs().contains(name)).map(Map.Entry::getKey)
                    .toList().forEach(other -> disable(other, modules));
        }
    }

    /** Why what would be enabled can't be, beside what else is. */
    private static Optional<String> conflict(Map<String, ApacheModulesFact.Loadable> before,
            Map<String, ApacheModulesFact.Loadable> after) {
        for (Map.Entry<String, ApacheModulesFact.Loadable> one : after.entrySet()) {
            boolean comes = one.getValue().enabled() && !before.get(one.getKey()).enabled();
            for (String other : comes ? one.getValue().conflicts() : List.<String>of()) {
                if (after.containsKey(other) && after.get(other).enabled()) {
                    return Optional.of(one.getKey() + " can't be enabled together with " + other
                            + ": disable that first.");
                }
            }
        }
        return Optional.empty();
    }

    private static Change change(Map<String, ApacheModulesFact.Loadable> before,
            Map<String, ApacheModulesFact.Loadable> after, Sh run) {
        return new Change(ENABLED, Diff.text(ENABLED, enabled(before), enabled(after)),
                List.of(new Action.Run(Sh.of("{} >/dev/null </dev/null", run))),
                List.of(Effect.becomes(MODULES, Optional.of(after)), new Effect.Unknown(
                        (fact, _) -> fact instanceof AboutPath<?> about && NodePath.below(about.path(), ENABLED),
                        "a module of Apache's would be enabled or disabled")));
    }

    private static String enabled(Map<String, ApacheModulesFact.Loadable> modules) {
        return new TreeMap<>(modules).entrySet().stream().filter(module -> module.getValue().enabled())
                .map(module -> module.getKey() + "\n").collect(Collectors.joining());
    }

    @Override
    public Verdict judge(Args args, Optional<Map<String, ApacheModulesFact.Loadable>> before,
            Applied<Optional<Map<String, ApacheModulesFact.Loadable>>> applied) {
        boolean wanted = args.state() == Wanted.PRESENT;
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed("Tried to " + (wanted ? "enable " : "disable ") + args.name() + ", but "
                        + failed.get().errors().strip(), MapValue.EMPTY)
                : Verdict.changed(!applied.changes().isEmpty(),
                        MapValue.of("result", "Module " + args.name() + (wanted ? " enabled" : " disabled")));
    }
}
