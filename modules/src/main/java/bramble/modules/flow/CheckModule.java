package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code check}: whether a node is as it should be, whoever made it so. */
@AutoService(AnyModule.class)
public final class CheckModule implements TaskModule<CheckModule.Args, CheckModule.Found> {

    /** What a service should be. */
    public record Service(@Arg("Whether it is started at boot.") Optional<Boolean> enabled,
            @Arg(value = "Whether it runs.", fallback = "true") boolean running,
            @Arg(value = "Whether systemd has it.", fallback = "false") boolean systemd) {}

    /** What should be at a path. */
    public record Place(
            @Arg(value = "What it is: file, directory, link, any, or absent.", fallback = "any") Kind state,
            @Arg("Its mode, four octal digits.") Optional<String> mode,
            @Arg("Its owner's name.") Optional<String> owner, @Arg("Its group's name.") Optional<String> group,
            @Arg("A regular expression that is in it.") Optional<String> contains) {}

    /** What there may be at a path. */
    public enum Kind {
        ANY,
        FILE,
        DIRECTORY,
        LINK,
        ABSENT
    }

    /** What processes there should be. */
    public record Program(@Arg("Whose.") Optional<String> user,
            @Arg("How many; at least one if not given.") Optional<Integer> count) {}

    /** What an account should be. */
    public record User(@Arg("Its number.") Optional<Integer> uid,
            @Arg(value = "Groups that it is in.", fallback = "[]") List<String> groups,
            @Arg("Its home.") Optional<String> home, @Arg("Its shell.") Optional<String> shell) {}

    /** What a group should be. */
    public record Members(@Arg("Its number.") Optional<Integer> gid) {}

    /** What another host should be, seen from the node. */
    public record Host(@Arg(value = "Whether it answers: a ping, or at the port.", fallback = "true") boolean reachable,
            @Arg("Whether its name has an address.") Optional<Boolean> resolvable,
            @Arg("The port.") Optional<Integer> port, @Arg("Its address.") Optional<String> address) {}

    /** What a command should say. */
    public record Command(@Arg("The command, for the shell. It must change nothing.") String command,
            @Arg(value = "Its exit status.", fallback = "0") int exit,
            @Arg("A regular expression that is in what it prints.") Optional<String> stdout) {}

    /** What an interface should be. */
    public record Interface(@Arg(value = "Whether it is up.", fallback = "true") boolean up,
            @Arg(value = "Addresses that it has, with or without prefix.", fallback = "[]") List<String> addresses) {}

    /** Where packets to everywhere else should go. */
    public record Gateway(@Arg("The router's address.") Optional<String> address,
            @Arg(value = "The interface.", name = "interface") Optional<String> device) {}

    /** A line that a crontab should have. */
    public record Job(@Arg("A regular expression that a line of the crontab matches.") String line,
            @Arg(value = "Whose crontab.", fallback = "root") String user) {}

    /** A rule that a table should have. */
    public record Rule(
            @Arg("The rule as iptables -S prints it, -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT say.") String rule,
            @Arg(value = "The table.", fallback = "filter") String table) {}

    /** The arguments of {@code check}. */
    @Doc(value = "Looks whether the node is as it should be, and fails with all that isn't so at once. It changes nothing, needs no program on the node that BusyBox lacks, and looks in a dry run, too, as long as nothing would have been changed before. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: The web server is as it should be
              check:
                packages: [nginx]
                services:
                  nginx: {enabled: true}
                files:
                  /etc/nginx/nginx.conf: {mode: "0644", owner: root, contains: worker_processes}
                ports: [80]
                closed_ports: [8080]
                kernel_parameters: {net.ipv4.ip_forward: 0}
                commands:
                  - {command: curl -fsS http://localhost, stdout: Welcome}
            """, returns = {
        "checks: int: how many things were looked at",
        "findings: list: what isn't as it should be, a sentence each"})
    public record Args(@Arg(value = "Packages that are installed.", fallback = "[]") List<String> packages,
            @Arg(value = "Packages that aren't.", fallback = "[]") List<String> absentPackages,
            @Arg(value = "Services, by their names.", fallback = "{}") Map<String, Service> services,
            @Arg(value = "Files and folders, by their paths.", fallback = "{}") Map<String, Place> files,
            @Arg(value = "Ports that something listens at: 22, 53/udp.", fallback = "[]") List<String> ports,
            @Arg(value = "Ports that nothing listens at.", fallback = "[]") List<String> closedPorts,
            @Arg(value = "Processes, by the names of their programs.", fallback = "{}") Map<String, Program> processes,
            @Arg(value = "Accounts, by their names.", fallback = "{}") Map<String, User> users,
            @Arg(value = "Groups, by their names.", fallback = "{}") Map<String, Members> groups,
            @Arg(value = "Other hosts, by their names or addresses.", fallback = "{}") Map<String, Host> hosts,
            @Arg(value = "Commands, and what they say.", fallback = "[]") List<Command> commands,
            @Arg(value = "Interfaces, by their names.", fallback = "{}") Map<String, Interface> interfaces,
            @Arg("Where packets to everywhere else go.") Optional<Gateway> defaultGateway,
            @Arg(value = "Kernel parameters and their values.", fallback = "{}") MapValue kernelParameters,
            @Arg(value = "Lines of crontabs.", fallback = "[]") List<Job> cron,
            @Arg(value = "Rules of the packet filter.", fallback = "[]") List<Rule> iptables) {}

    /** How many things were looked at, and what isn't as it should be. */
    public record Found(int checks, List<String> findings) {}

    @Override
    public String name() {
        return "check";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Found> inspect(Args args, Platform node) {
        var inquiries = new ArrayList<Inquiry<Optional<String>>>();
        if (!CheckMistakes.of(args).isEmpty()) {
            return Inquiry.all(inquiries).map(_ -> new Found(0, List.of()));
        }
        Probes.of(args).forEach(probe -> inquiries.add(Inquiry.of(new Fleeting<>(new Probe.Asked(probe.sh())))
                .map(said -> probe.wrong().apply(said).map(why -> probe.what() + " " + why))));
        args.hosts().forEach((name, host) -> host.port().ifPresent(port -> inquiries
                .add(Inquiry.of(new Fleeting<>(new PortFact(name, port, Probes.PATIENCE, false)))
                        .map(answered -> answer(host, answered.kind()).map(why -> "host " + name + why + port)))));
        return Inquiry.all(inquiries)
                .map(answers -> new Found(answers.size(), answers.stream().flatMap(Optional::stream).toList()));
    }

    private static Optional<String> answer(Host host, PortFact.Kind kind) {
        return switch (kind) {
            case NO_TOOL -> Optional.of(" can't be asked: the node has no bash, nc or perl; install one of the packages"
                    + " bash, netcat-openbsd and perl to look at port ");
            case OPEN -> host.reachable() ? Optional.empty() : Optional.of(" is reachable at port ");
            case CLOSED -> host.reachable() ? Optional.of(" is not reachable at port ") : Optional.empty();
        };
    }

    @Override
    public Plan plan(Args args, Found found) {
        List<String> mistakes = CheckMistakes.of(args);
        if (!mistakes.isEmpty()) {
            return Plan.mistake(String.join("; ", mistakes));
        }
        return found.findings().isEmpty()
                ? Plan.NOTHING
                : new Plan.Refused(found.findings().size() + " of " + found.checks() + " checks failed: "
                        + String.join("; ", found.findings()), results(found));
    }

    @Override
    public Verdict judge(Args args, Found found, Applied<Found> applied) {
        return Verdict.changed(false, results(found));
    }

    private static MapValue results(Found found) {
        return MapValue.of("checks", found.checks(), "findings", found.findings());
    }
}
