package bramble.modules.services;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import com.google.auto.service.AutoService;
import java.util.Optional;

/** {@code systemd}: systemd's units. */
@AutoService(AnyModule.class)
public final class SystemdModule implements TaskModule<SystemdModule.Args, ServiceTask.State> {
    /** Whose units. */
    public enum Scope {
        SYSTEM,
        USER,
        GLOBAL
    }

    @Doc(value = "Starts, stops, enables and masks systemd's units.", aliases = "systemd_service", neverSettles = "a restart, a reload or a daemon-reload is one each time", example = """
            - name: Have cron run, after systemd has read its units again
              ansible.builtin.systemd:
                name: cron.service
                state: started
                enabled: true
                daemon_reload: true
            """, returns = {
        "name: str: the unit", "state: str: started or stopped", "enabled: bool: as asked for",
        "status: dict: the unit's properties, as systemctl shows them"})
    public record Args(
            @Arg(value = "The unit, with or without its suffix; the suffix is .service if there is none.", aliases = {
                "service", "unit"}) Optional<String> name,
            @Arg("Whether it is to run; restarted and reloaded do that each time, and start one that doesn't run.") Optional<ServiceTask.Wanted> state,
            @Arg("Whether it is to start with the node.") Optional<Boolean> enabled,
            @Arg("Whether it can't be started at all.") Optional<Boolean> masked,
            @Arg(value = "Has systemd read its units again first.", name = "daemon_reload", aliases = "daemon-reload", fallback = "no") boolean daemonReload,
            @Arg(value = "Has systemd start itself again first.", name = "daemon_reexec", aliases = "daemon-reexec", fallback = "no") boolean daemonReexec,
            @Arg(value = "Whose units: the system's, the user's own, or those of all users.", fallback = "system") Scope scope,
            @Arg(value = "Replaces links that are in the way.", fallback = "no") boolean force,
            @Arg(value = "Doesn't wait until it is done.", name = "no_block", fallback = "no") boolean noBlock){}

    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static ServiceTask task(Args args) {
        String scope = switch (args.scope()) {
            case SYSTEM -> "system";
            case USER -> "user";
            case GLOBAL -> "global";
        };
        return new ServiceTask(args.name(), args.state(), args.enabled(), args.masked(), args.daemonReload(),
                args.daemonReexec(), scope, args.force(), args.noBlock(), "", 0, "", "default");
    }

    @Override
    public Inquiry<ServiceTask.State> inspect(Args args, Platform node) {
        return task(args).inspect(node);
    }

    @Override
    public Plan plan(Args args, ServiceTask.State actual) {
        if (actual.init() != Platform.Init.SYSTEMD) {
            return new Plan.Refused(
                    "Tried to use systemd, but the node isn't run by it; service finds what it is run by.");
        }
        boolean named = args.name().isPresent();
        if (!named && (args.state().isPresent() || args.enabled().isPresent() || args.masked().isPresent())) {
            return Plan.mistake("name is missing: state, enabled and masked are about a unit.");
        }
        if (args.name().stream().anyMatch(name -> name.matches(".*[*?\\[].*"))) {
            return new Plan.Refused("This module does not currently support using glob patterns, found '"
                    + args.name().get() + "' in name.");
        }
        return task(args).plan(actual);
    }

    @Override
    public Verdict judge(Args args, ServiceTask.State before, Applied<ServiceTask.State> applied) {
        return task(args).judge(before, applied);
    }
}
