package bramble.modules.network;

import bramble.args.Arg;
import bramble.args.ControllerFile;
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
import bramble.modules.files.FileAttributes;
import bramble.modules.files.PathResults;
import bramble.modules.files.Place;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code nftables}: the rules of the kernel's packet filter, as a whole. */
@AutoService(AnyModule.class)
public final class NftablesModule implements TaskModule<NftablesModule.Args, NftablesModule.State> {

    /** The arguments of {@code nftables}. */
    @Doc(value = "Keeps the rules of nftables in a file, and in force: checked first, loaded all at once. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: Let people log in, and nothing else come in
              nftables:
                content: |
                  table inet filter {
                    chain input {
                      type filter hook input priority filter; policy drop;
                      ct state established,related accept
                      iif lo accept
                      tcp dport 22 accept
                    }
                  }
            """, returns = {
        "dest: str: the file", "loaded: bool: whether the rules had to be loaded",
        "mode: str: four octal digits", "owner: str: name of the owner", "group: str: name of the group",
        "uid: int: number of the owner", "gid: int: number of the group", "size: int: in bytes", "state: str: file"})
    public record Args(@Arg("The file of the rules.") Optional<ControllerFile> src,
            @Arg("The rules themselves, in place of src.") Optional<String> content,
            @Arg(value = "Where they are kept on the node; the service nftables loads them from there at each start.", fallback = "/etc/nftables.conf", nodePath = true) String dest,
            @Arg(value = "Whether tables go that the rules don't name. Without it each table that they name is made anew, and the others stay.", fallback = "true") boolean exclusive,
            @Arg(value = "Whether the old file is kept under a name with the time.", fallback = "false") boolean backup,
            FileAttributes attributes) {

        private String text() {
            return content.orElseGet(() -> src
                    .map(file -> new String(file.content().bytesOf(), StandardCharsets.UTF_8)).orElse(""));
        }
    }

    /** The file, and the rules in force. */
    public record State(Place file, Optional<?> rules) {
        private Optional<RulesetFact.Ruleset> ruleset() {
            return rules.map(RulesetFact.Ruleset.class::cast);
        }
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Place.at(args.dest(), args.text().length(), args.attributes().wanted())
                .and(Inquiry.of(new RulesetFact(args.text())), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.src().isPresent() == args.content().isPresent()) {
            return Plan.mistake("exactly one of the following is required: src, content");
        }
        if (actual.ruleset().isEmpty()) {
            return new Plan.Refused(new CommandFact("nft").sentence("filter packets", "nftables"));
        }
        RulesetFact.Ruleset rules = actual.ruleset().get();
        if (!rules.error().isEmpty()) {
            return new Plan.Refused("Tried to check the rules, but nft says: " + rules.error());
        }
        Plan written = actual.file().plan(Content.text(args.text()),
                new Place.Manner(true, true, args.backup(), Optional.empty()));
        if (!(written instanceof Plan.Changes(List<Change> file))) {
            return written;
        }
        var changes = new ArrayList<Change>(file);
        boolean untold = rules.wanted().isEmpty() && (!file.isEmpty() || rules.running().isEmpty());
        if (untold || (rules.wanted().isPresent() && !rules.settled(args.exclusive()))) {
            changes.add(load(args, rules));
        }
        return Plan.of(changes);
    }

    private static Change load(Args args, RulesetFact.Ruleset rules) {
        List<RulesetFact.Table> after = new ArrayList<>();
        List<RulesetFact.Table> wanted = rules.wanted().orElse(List.of());
        if (!args.exclusive()) {
            List<String> names = wanted.stream().map(RulesetFact.Table::name).toList();
            rules.running().stream().filter(table -> !names.contains(table.name())).forEach(after::add);
        }
        after.addAll(wanted);
        Sh first = args.exclusive()
                ? Sh.raw("echo 'flush ruleset'")
                : wanted.stream().map(table -> Sh.of("printf 'table %s\\ndelete table %s\\n' {} {}", table.name(),
                        table.name())).reduce(Sh.raw(":"), Sh::and);
        Sh script = Sh.of("( {}; cat {} ) | nft -f -", first, args.dest());
        return new Change("rules of nftables",
                Diff.text("nft list ruleset", RulesetFact.shown(rules.running()),
                        rules.wanted().isPresent() ? RulesetFact.shown(after) : args.text()),
                List.of(new Action.Run(script)),
                List.of(Effect.becomes(new RulesetFact(args.text()), Optional.of(new RulesetFact.Ruleset("",
                        rules.wanted().isPresent() ? List.copyOf(after) : List.of(new RulesetFact.Table("", "")),
                        rules.wanted())))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        boolean loaded = applied.changes().stream().anyMatch(change -> change.subject().equals("rules of nftables"));
        MapValue results = MapValue.of("dest", args.dest(), "loaded", loaded);
        if (applied.after().orElse(before).file()
                .state() instanceof bramble.module.Maybe.Known<?>(bramble.modules.files.PathState state)) {
            results = results.with(PathResults.of(state.followed()));
        }
        return plain.with(results);
    }
}
