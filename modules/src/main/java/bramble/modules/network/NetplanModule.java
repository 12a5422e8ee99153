package bramble.modules.network;

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
import bramble.modules.files.CommandFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.yaml.YamlWriter;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code netplan}: a file of netplan's. */
@AutoService(AnyModule.class)
public final class NetplanModule implements TaskModule<NetplanModule.Args, NetplanModule.State> {
    /** Of networks, and of tunnels. */
    private static final Pattern SECRETS = Pattern
            .compile("(?i)(?<![\\w-])(?:(?:client-key-)?password|private|shared|key|pin)"
                    + "[\"']?:[ \\t]*(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s,}]+)");

    /** The arguments of {@code netplan}. */
    @Doc(value = "Keeps a file of netplan's, checked by netplan together with the others. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: The head node's own address
              netplan:
                name: 60-cluster
                network:
                  ethernets:
                    eth0:
                      addresses: [192.168.50.1/24]
            """, returns = {
        "dest: str: the file"})
    public record Args(@Arg("The file's name in /etc/netplan, without .yaml.") String name,
            @Arg("What stands in it under network; version 2 is added.") Optional<MapValue> network,
            @Arg(value = "Whether the file is to be there.", fallback = "present") Presence state,
            @Arg(value = "Whether it is put into force at once, by netplan apply. Who logs in over what changes is cut off.", fallback = "false") boolean apply,
            @Arg(value = "The folder of netplan's files.", fallback = "/etc/netplan", nodePath = true) String folder,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {

        private String dest() {
            return NodePath.resolve(folder, name.endsWith(".yaml") ? name : name + ".yaml");
        }

        private String text() {
            return state == Presence.ABSENT || network.isEmpty()
                    ? ""
                    : YamlWriter.write(MapValue.of("network", MapValue.of("version", 2).with(network.get())),
                            YamlWriter.Style.NICE);
        }
    }

    /**
     * What there is.
     *
     * @param said what netplan says of the new file; empty where there is no netplan
     */
    public record State(TextEdit edit, Optional<String> said) {}

    @Override
    public String name() {
        return "netplan";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return TextEdit.of(args.dest()).and(Inquiry.of(new NetplanFact(args.dest(), args.text())), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.state() == Presence.PRESENT && args.network().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: network");
        }
        if (args.name().contains("/")) {
            return new Plan.Refused("name is a file's name without its folder, not " + args.name());
        }
        if (actual.said().isEmpty()) {
            return new Plan.Refused(new CommandFact("netplan").sentence("check " + args.dest(), "netplan.io"));
        }
        if (!actual.said().get().isEmpty()) {
            return new Plan.Refused("Tried to check " + args.dest() + ", but netplan says: " + actual.said().get());
        }
        Optional<String> obstacle = actual.edit().obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.dest() + ", but " + obstacle.get());
        }
        var changes = new ArrayList<Change>();
        if (args.state() == Presence.PRESENT) {
            changes.addAll(actual.edit().secret(args.text(), 0600, args.backup())); // it may hold a network's password
        } else if (actual.edit().exists()) {
            String real = actual.edit().state().real();
            changes.add(new Change(args.dest(), Diff.text(args.dest(), actual.edit().text(), ""),
                    List.of(new Action.Run(Sh.of("rm -f {}", real))), List.of(Effect.becomes(new PathFact(real),
                            new PathState.Absent(real, NodePath.parent(real), false)))));
        }
        if (args.apply() && !changes.isEmpty()) {
            changes.add(new Change("netplan apply", Diff.NONE, List.of(new Action.Run(Sh.raw("netplan apply"))),
                    List.of(Effect.unbounded("netplan apply sets the network up anew"))));
        }
        return Plan.of(TextEdit.hiding(SECRETS, changes));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        return plain.with(MapValue.of("dest", args.dest()));
    }
}
