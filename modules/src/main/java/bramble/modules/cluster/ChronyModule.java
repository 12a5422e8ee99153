package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.NodePath;
import bramble.modules.files.Place;
import bramble.modules.files.TextEdit;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code chrony}: where a node has its time from, and whom it gives it to. */
@AutoService(AnyModule.class)
public final class ChronyModule implements TaskModule<ChronyModule.Args, ChronyModule.State> {
    private static final CommandFact TOOL = new CommandFact("chronyd");

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
    public record State(TextEdit file, TextEdit keys, Maybe<Optional<String>> tool, Optional<String> complaint) {}

    @Override
    public String name() {
        return "chrony";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var accepted = new AcceptedFact(args.path(), args.conf().text(args.keys()),
                List.of("chronyd", "-p", "-f", "%s"));
        return TextEdit.whole(args.path()).and(TextEdit.whole(args.keys()), List::of)
                .and(Inquiry.ask(List.of(TOOL, accepted), facts -> facts), (files, facts) -> new State(files.getFirst(),
                        files.getLast(), facts.maybe(TOOL), accepted.complaint(facts)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        List<String> mistakes = args.conf().mistakes();
        if (!mistakes.isEmpty()) {
            return new Plan.Refused("This is not what chrony can do: " + String.join("; ", mistakes));
        }
        Optional<String> lacking = TOOL.lacking(actual.tool, "check " + args.path(), "chrony");
        if (lacking.isPresent()) {
            return new Plan.Refused(lacking.get());
        }
        if (actual.complaint.isPresent()) {
            return new Plan.Refused("Tried to check " + args.path() + ", but chronyd says: " + actual.complaint.get());
        }
        Optional<String> obstacle = actual.file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.path() + ", but " + obstacle.get());
        }
        var changes = new ArrayList<Change>();
        if (!args.conf().keys().isEmpty()) {
            changes.addAll(actual.keys.secret(args.conf().keyText(), 0600, false));
        }
        changes.addAll(actual.file.to(args.conf().text(args.keys()),
                new TextEdit.Options(new Attributes(actual.file.exists() ? OptionalInt.empty() : OptionalInt.of(0644),
                        Optional.empty(), Optional.empty()), Optional.empty(), args.backup() && actual.file.exists())));
        return Plan.of(changes);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        MapValue results = MapValue.of("path", args.path());
        return new Verdict(plain.changed(), plain.failure(), Place.withBackup(results, applied));
    }
}
