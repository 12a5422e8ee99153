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
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Tried;
import bramble.modules.services.ApacheModulesFact.Loadable;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code apache2_module}: what Apache loads when it starts. */
@AutoService(AnyModule.class)
public final class Apache2ModuleModule
        implements
            TaskModule<Apache2ModuleModule.Args, Apache2ModuleModule.State> {
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

    /**
     * What there is.
     *
     * @param modules by name; empty where there is no a2enmod
     * @param closed whether what is enabled may not be changed by who runs the task
     */
    public record State(Optional<Map<String, Loadable>> modules, boolean closed) {}

    @Override
    public String name() {
        return "apache2_module";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var link = new PathFact(ENABLED + "/" + NodePath.name(args.name()) + ".load");
        return Inquiry.of(MODULES).and(Inquiry.maybe(link),
                (modules, place) -> new State(modules, place.map(PathState::closed).orElse(false)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean wanted = args.state() == Wanted.PRESENT;
        if (actual.modules.isEmpty()) {
            return wanted
                    ? new Plan.Refused(new CommandFact("a2enmod").sentence("enable " + args.name(), "apache2"))
                    : Plan.NOTHING;
        }
        Map<String, Loadable> modules = actual.modules.get();
        Loadable module = modules.get(args.name());
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
            Map<String, Loadable> after = new TreeMap<>(modules);
            enable(args.name(), after);
            Optional<String> conflict = conflict(modules, after);
            if (conflict.isPresent()) {
                return new Plan.Refused("Tried to enable " + args.name() + ", but " + conflict.get());
            }
            return Plan.of(change(args, actual, after, Sh.of("a2enmod -q {}", args.name())));
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
        Map<String, Loadable> after = new TreeMap<>(modules);
        disable(args.name(), after);
        return Plan.of(change(args, actual, after, Sh.of("a2dismod -q -f {}", args.name())));
    }

    private static void enable(String name, Map<String, Loadable> modules) {
        Loadable module = modules.get(name);
        if (module != null && !module.enabled()) {
            modules.put(name, module.enabled(true));
            module.needs().forEach(other -> enable(other, modules));
        }
    }

    /** What needs it goes too. */
    private static void disable(String name, Map<String, Loadable> modules) {
        Loadable module = modules.get(name);
        if (module != null && module.enabled()) {
            modules.put(name, module.enabled(false));
            modules.entrySet().stream().filter(other -> other.getValue().needs().contains(name)).map(Map.Entry::getKey)
                    .toList().forEach(other -> disable(other, modules));
        }
    }

    /** Why what would be enabled can't be, beside what else is. */
    private static Optional<String> conflict(Map<String, Loadable> before,
            Map<String, Loadable> after) {
        for (Map.Entry<String, Loadable> one : after.entrySet()) {
            boolean comes = one.getValue().enabled() && !Objects.requireNonNull(before.get(one.getKey())).enabled();
            for (String other : comes ? one.getValue().conflicts() : List.<String>of()) {
                if (after.containsKey(other) && after.get(other).enabled()) {
                    return Optional.of(one.getKey() + " can't be enabled together with " + other
                            + ": disable that first.");
                }
            }
        }
        return Optional.empty();
    }

    private static Change change(Args args, State before, Map<String, Loadable> after, Sh run) {
        return new Change(ENABLED, Diff.text(ENABLED, enabled(before.modules.orElseThrow()), enabled(after)),
                List.of(new Action.Run(Sh.of("{} >/dev/null </dev/null", run))),
                List.of(Effect.becomes(MODULES, Optional.of(after)), new Effect.Unknown(
                        (fact, _) -> fact instanceof AboutPath<?> about && NodePath.below(about.path(), ENABLED),
                        "a module of Apache's would be enabled or disabled")),
                before.closed ? Optional.of(Tried.denied(what(args))) : Optional.empty());
    }

    private static String enabled(Map<String, Loadable> modules) {
        return new TreeMap<>(modules).entrySet().stream().filter(module -> module.getValue().enabled())
                .map(module -> module.getKey() + "\n").collect(Collectors.joining());
    }

    private static String what(Args args) {
        return (args.state() == Wanted.PRESENT ? "enable " : "disable ") + args.name();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        if (failed.isPresent()) {
            String errors = failed.get().errors().strip();
            return Verdict.failed(errors.endsWith("Permission denied")
                    ? Tried.denied(what(args))
                    : "Tried to " + what(args) + ", but " + errors, MapValue.EMPTY);
        }
        boolean enabled = before.modules.map(modules -> modules.get(args.name())).map(Loadable::enabled).orElse(false);
        if (applied.changes().isEmpty() && enabled != (args.state() == Wanted.PRESENT)) {
            return Verdict.changed(false, MapValue.EMPTY); // it is foreseen to fail
        }
        return Verdict.changed(!applied.changes().isEmpty(), MapValue.of("result",
                "Module " + args.name() + (args.state() == Wanted.PRESENT ? " enabled" : " disabled")));
    }
}
