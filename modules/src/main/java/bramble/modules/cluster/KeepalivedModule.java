package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.Place;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code keepalived}: addresses that move from node to node. */
@AutoService(AnyModule.class)
public final class KeepalivedModule implements TaskModule<KeepalivedModule.Args, KeepalivedModule.State> {
    private static final int MODE = 0640; // there are passwords in it

    /** The arguments of {@code keepalived}. */
    @Doc(value = "Keeps the whole keepalived.conf of a node: floating addresses, what they depend on, and services spread over several servers. It is checked before it replaces the old one, by Bramble and by keepalived itself. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: One address for both hubs
              keepalived:
                router_id: hub1
                instances:
                  VI_1:
                    interface: eth0
                    virtual_router_id: 51
                    state: master
                    priority: 150
                    auth_pass: secret12
                    virtual_addresses: [192.168.188.2/24]
              notify: Reload keepalived
            """, returns = {
        "path: str: the file", "backup: str: where the old file was kept"})
    public record Args(KeepalivedConf conf,
            @Arg(value = "The file.", fallback = "/etc/keepalived/keepalived.conf", nodePath = true) String path,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {}

    /** What is there. */
    public record State(TextEdit file, Map<String, List<Network>> interfaces, Maybe<Optional<String>> tool,
            Optional<String> complaint) {}

    private static final CommandFact TOOL = new CommandFact("keepalived");

    @Override
    public String name() {
        return "keepalived";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var addresses = new AddressesFact();
        var accepted = new AcceptedFact(args.path(), args.conf().text(), List.of("keepalived", "-t", "-f", "%s"));
        return TextEdit.whole(args.path()).and(Inquiry.ask(List.of(addresses, TOOL, accepted), facts -> facts),
                (file, facts) -> new State(file, facts.get(addresses), facts.maybe(TOOL), accepted.complaint(facts)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        var findings = new ArrayList<String>(args.conf().mistakes());
        findings.addAll(args.conf().misfits(actual.interfaces, actual.file.text()));
        if (!findings.isEmpty()) {
            return new Plan.Refused("This is not what keepalived can do: " + String.join("; ", findings));
        }
        Optional<String> lacking = TOOL.lacking(actual.tool, "check " + args.path(), "keepalived");
        if (lacking.isPresent()) {
            return new Plan.Refused(lacking.get());
        }
        if (actual.complaint.isPresent()) {
            return new Plan.Refused(
                    "Tried to check " + args.path() + ", but keepalived says: " + actual.complaint.get());
        }
        Optional<String> obstacle = actual.file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.path() + ", but " + obstacle.get());
        }
        return Plan.of(actual.file.secret(args.conf().text(), MODE, args.backup() && actual.file.exists()));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("path", args.path());
        return new Verdict(plain.changed(), plain.failure(), Place.withBackup(results, applied));
    }
}
