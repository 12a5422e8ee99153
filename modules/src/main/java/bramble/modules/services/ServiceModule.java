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

/** {@code service}: services, whatever the node starts them with. */
@AutoService(AnyModule.class)
public final class ServiceModule implements TaskModule<ServiceModule.Args, ServiceTask.State> {
    @Doc(value = "Starts, stops and enables services, under systemd, OpenRC, procd (OpenWrt) or SysV's init scripts.", neverSettles = "a restart or a reload is one each time", example = """
            - name: Have cron run, now and after each boot
              ansible.builtin.service:
                name: cron
                state: started
                enabled: true
            """, returns = {
        "name: str: the service", "state: str: started or stopped", "enabled: bool: as asked for",
        "status: dict: what systemd tells of it"})
    public record Args(@Arg("The service.") String name,
            @Arg("Whether it is to run; restarted and reloaded do that each time, and start one that doesn't run.") Optional<ServiceTask.Wanted> state,
            @Arg("Whether it is to start with the node.") Optional<Boolean> enabled,
            @Arg(value = "Has systemd read its units again first.", name = "daemon_reload", aliases = "daemon-reload", fallback = "no") boolean daemonReload,
            @Arg(value = "What to look for among the processes, where the script has no status.", fallback = "") String pattern,
            @Arg(value = "The runlevel, under OpenRC.", fallback = "default") String runlevel,
            @Arg(value = "Seconds between stop and start of a restart.", fallback = "0") int sleep,
            @Arg(value = "More words for the init script.", aliases = "args", fallback = "") String arguments,
            @Arg(value = "What starts services is found out; this isn't needed.", fallback = "auto") String use) {}

    @Override
    public String name() {
        return "service";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Optional<String> standsFor() {
        return Optional.of("service_mgr");
    }

    private static ServiceTask task(Args args) {
        return new ServiceTask(Optional.of(args.name()), args.state(), args.enabled(), Optional.empty(),
                args.daemonReload(),
                false, "system", false, false, args.pattern(), args.sleep(), args.arguments(), args.runlevel());
    }

    @Override
    public Inquiry<ServiceTask.State> inspect(Args args, Platform node) {
        return task(args).inspect(node);
    }

    @Override
    public Plan plan(Args args, ServiceTask.State actual) {
        return args.state().isEmpty() && args.enabled().isEmpty()
                ? Plan.mistake("state is missing, and enabled too: service has to be told one of them.")
                : task(args).plan(actual);
    }

    @Override
    public Verdict judge(Args args, ServiceTask.State before, Applied<ServiceTask.State> applied) {
        return task(args).judge(before, applied);
    }
}
