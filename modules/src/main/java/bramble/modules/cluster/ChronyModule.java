package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Forechecked;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.NodePath;
import bramble.modules.files.TextEdit;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code chrony}: where a node has its time from, and whom it gives it to. */
@AutoService(AnyModule.class)
public final class ChronyModule
        implements
            TaskModule<ChronyModule.Args, ChronyModule.State>,
            Forechecked<ChronyModule.Args> {
    /** Of the file of keys: a number, a kind perhaps, and the key. */
    private static final Pattern SECRETS = Pattern.compile("(?m)^\\s*\\d+\\s(?:.*\\s)?(\\S+)\\s*$");

    /** The arguments of {@code chrony}. */
    @Doc(value = "Keeps the whole chrony.conf of a node, and its keys. It is checked before it replaces the old one, by Bramble and by chronyd itself. The running daemon takes it over when it is restarted. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: The time of a GPS receiver for the whole network
              chrony:
                refclocks: [{driver: shm, refid: GPS, precision: 1e-1, offset: 0.5, delay: 0.2, stratum: 1}]
                local_stratum: 8
                allow: [192.168.188.0/24]
              notify: Restart chrony
            """, returns = {
        "path: str: the file", "backup: str: where the old file was kept"})
    public record Args(ChronyConf conf,
            @Arg(value = "The file.", fallback = "/etc/chrony/chrony.conf", nodePath = true) String path,
            @Arg("The file of the keys; chrony.keys beside the file.") Optional<String> keyfile,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup) {
        private String keys() {
            return keyfile.orElseGet(() -> NodePath.resolve(NodePath.parent(NodePath.normal(path)), "chrony.keys"));
        }
    }

    /** What is there. */
    public record State(DaemonConfig config, TextEdit keys) {}

    @Override
    public String name() {
        return "chrony";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public List<Finding> findings(Map<String, Args> byHost) {
        return Forechecked.each(byHost, args -> args.conf().mistakes());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return DaemonConfig.of(new AcceptedFact(args.path(), args.conf().text(args.keys()),
                List.of("chronyd", "-p", "-f", "%s"))).and(TextEdit.whole(args.keys()), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.conf().mistakes();
        if (!mistakes.isEmpty()) {
            return new Plan.Refused("This is not what chrony can do: " + String.join("; ", mistakes));
        }
        Optional<String> refusal = actual.config.lacking("chrony").or(actual.config::refused);
        if (refusal.isPresent()) {
            return new Plan.Refused(refusal.get());
        }
        var changes = new ArrayList<Change>();
        if (!args.conf().keys().isEmpty()) {
            changes.addAll(TextEdit.hiding(SECRETS, actual.keys.secret(args.conf().keyText(), 0600, false)));
        }
        changes.addAll(actual.config.to(args.conf().text(args.keys()), args.backup()));
        return Plan.of(changes);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        return before.config.verdict(TaskModule.super.judge(args, before, applied), applied);
    }
}
