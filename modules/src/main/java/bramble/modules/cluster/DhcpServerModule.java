package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Forechecked;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.AboutPath;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import bramble.value.Unknown;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code dhcp_server}: who gets which address. */
@AutoService(AnyModule.class)
public final class DhcpServerModule
        implements
            TaskModule<DhcpServerModule.Args, DhcpServerModule.State>,
            Forechecked<DhcpServerModule.Args> {
    private static final KeaHooksFact HOOKS = new KeaHooksFact();

    /** The arguments of {@code dhcp_server}. */
    @Doc(value = "Keeps the whole configuration of a DHCP server, ISC's dhcpd, Kea or dnsmasq: networks, pools, reservations, what clients are told, and a second server that takes over. It is checked before it replaces the old one, by Bramble and by the daemon itself. The running daemon takes it over when it is restarted. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: One of two servers of the network
              dhcp_server:
                interfaces: [eth0]
                authoritative: true
                max_lease_time: 3600
                subnets:
                  - subnet: 192.168.10.0/24
                    routers: [192.168.10.1]
                    pools: [192.168.10.200-192.168.10.240]
                reservations: [{mac: b8:27:eb:00:00:01, address: 192.168.10.11, name: pi1}]
                failover: {name: lan, role: primary, address: 192.168.10.2, peer_address: 192.168.10.3}
              notify: Restart dhcpd
            """, returns = {
        "path: str: the file", "backup: str: where the old file was kept"})
    public record Args(DhcpConf conf,
            @Arg(value = "The daemon.", fallback = "isc") DhcpDaemon daemon,
            @Arg(value = "Where it listens; without, at all interfaces that are in a subnet.", fallback = "[]") List<String> interfaces,
            @Arg(value = "Further lines of the file, as they stand there; isc, dnsmasq.", fallback = "[]") List<String> lines,
            @Arg(value = "Further members of Dhcp4; kea.", fallback = "{}") MapValue settings,
            @Arg(value = "The file; without, the daemon's own of Debian.", nodePath = true) Optional<String> path,
            @Arg(value = "The file that tells dhcpd's start script the interfaces; isc.", fallback = "/etc/default/isc-dhcp-server", nodePath = true) String defaults,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {
        private String file() {
            return path.orElseGet(daemon::path);
        }

        private String text(Optional<String> hooks) {
            return daemon.text(conf, interfaces, lines, settings, hooks);
        }

        private boolean hooked() {
            return daemon == DhcpDaemon.KEA && conf.failover().isPresent();
        }

        private boolean tellsScript() {
            return daemon == DhcpDaemon.ISC && !interfaces.isEmpty();
        }

        /** What is wrong whatever the daemon is. */
        private List<String> certain() {
            var certain = new ArrayList<>(mistakes());
            for (DhcpDaemon other : DhcpDaemon.values()) {
                certain.retainAll(
                        new Args(conf, other, interfaces, lines, settings, path, defaults, backup).mistakes());
            }
            return certain;
        }

        private List<String> mistakes() {
            var mistakes = new ArrayList<>(conf.mistakes(daemon));
            if (daemon == DhcpDaemon.KEA && !lines.isEmpty()) {
                mistakes.add("lines are not of kea: give settings");
            }
            if (daemon != DhcpDaemon.KEA && !settings.entries().isEmpty()) {
                mistakes.add("settings are of kea alone: give lines");
            }
            interfaces.stream().filter(name -> !name.matches("[A-Za-z0-9_.@-]{1,15}"))
                    .forEach(name -> mistakes.add("'" + name + "' is no name of an interface"));
            return mistakes;
        }
    }

    /**
     * What is there.
     *
     * @param script the file that tells the start script the interfaces
     * @param hooks the folder of Kea's libraries
     */
    public record State(DaemonConfig config, Optional<Maybe<TextEdit>> script, Map<String, List<Network>> interfaces,
            Maybe<Optional<String>> hooks) {
        private Optional<String> unhooked(Args args) {
            return args.hooked() && hooks.get().isEmpty()
                    ? Optional.of("Tried to have two servers of Kea share their work, but the node has no "
                            + "libdhcp_ha.so: install the package kea-common first.")
                    : Optional.empty();
        }
    }

    @Override
    public String name() {
        return "dhcp_server";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return Forechecked.each(byHost, Args::mistakes);
    }

    @Override
    public List<Finding> certain(Map<String, Args> byHost) {
        return Forechecked.each(byHost, Args::certain);
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return args.hooked()
                ? Inquiry.maybe(HOOKS).then(hooks -> inspect(args, hooks))
                : inspect(args, Maybe.known(Optional.empty()));
    }

    private static Inquiry<State> inspect(Args args, Maybe<Optional<String>> hooks) {
        var accepted = new AcceptedFact(args.file(),
                args.mistakes().isEmpty() ? args.text(hooks.orElse(Optional.empty())) : "",
                args.daemon.checker());
        Inquiry<Optional<Maybe<TextEdit>>> script = args.tellsScript()
                ? TextEdit.maybe(args.defaults).map(Optional::of)
                : Inquiry.nothing(Optional.empty());
        return DaemonConfig.of(accepted).and(script, Map::entry).and(Inquiry.of(new AddressesFact()),
                (files, interfaces) -> new State(files.getKey(), files.getValue(), interfaces, hooks));
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.mistakes();
        if (!mistakes.isEmpty()) {
            return Plan.mistake(refusal(args, mistakes));
        }
        List<String> misfits = args.conf.misfits(args.daemon, args.interfaces, actual.interfaces);
        if (!misfits.isEmpty()) {
            return new Plan.Refused(refusal(args, misfits));
        }
        Optional<String> refusal = actual.config.lacking(args.daemon.packages()).or(() -> actual.unhooked(args))
                .or(() -> actual.config.refused(args.daemon::complaint));
        if (refusal.isPresent()) {
            return new Plan.Refused(refusal.get());
        }
        var changes = new ArrayList<Change>(actual.config.to(args.text(actual.hooks.get()), args.backup));
        if (actual.script.isEmpty()) {
            return Plan.of(changes);
        }
        return switch (actual.script.get()) {
            case Maybe.NotKnown<TextEdit>(String why) -> {
                changes.add(perhaps(args.defaults, why));
                yield Plan.of(changes);
            }
            case Maybe.Known<TextEdit>(TextEdit script) when script.obstacle().isPresent() ->
                new Plan.Refused("Tried to write " + args.defaults + ", but " + script.obstacle().get());
            case Maybe.Known<TextEdit>(TextEdit script) -> {
                changes.addAll(script.to(listening(script.text(), args.interfaces)));
                yield Plan.of(changes);
            }
        };
    }

    /** A file whose text only a real run tells, foreseen. */
    private static Change perhaps(String path, String why) {
        return new Change(path, new Diff(new Unknown(why), new Unknown(why), path), List.of(),
                List.of(new Effect.Unknown((fact, _) -> fact instanceof AboutPath<?> about && about.path().equals(path),
                        why)));
    }

    private static String refusal(Args args, List<String> findings) {
        return "This is not what " + args.daemon.command() + " can do: " + String.join("; ", findings);
    }

    /** The start script's settings, with these interfaces. */
    private static String listening(String text, List<String> interfaces) {
        String line = "INTERFACESv4=\"" + String.join(" ", interfaces) + "\"";
        if (text.lines().anyMatch(one -> one.startsWith("INTERFACESv4="))) {
            return text.replaceAll("(?m)^INTERFACESv4=.*$", line);
        }
        return text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + line + "\n";
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return before.config.verdict(TaskModule.super.judge(args, before, applied), applied);
    }
}
