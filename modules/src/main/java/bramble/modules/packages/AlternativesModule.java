package bramble.modules.packages;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code alternatives}: which of several programs a name stands for. */
@AutoService(AnyModule.class)
public final class AlternativesModule implements TaskModule<AlternativesModule.Args, AlternativesModule.State> {
    /** What is to be so. */
    public enum Wanted {
        PRESENT,
        SELECTED,
        ABSENT,
        AUTO
    }

    @Doc(value = "Chooses which of several programs a name stands for, with update-alternatives.", collection = "community.general", example = """
            - name: Edit with vim
              community.general.alternatives:
                name: editor
                path: /usr/bin/vim.basic
            """)
    public record Args(@Arg("The name: editor.") String name,
            @Arg(value = "The program.", nodePath = true) Optional<String> path,
            @Arg("The path that leads to the chosen program; needed where the name is new.") Optional<String> link,
            @Arg("Its priority; 50 for a new one if not given. Without choice, the highest counts.") Optional<Integer> priority,
            @Arg(value = "present: it may be chosen; selected: it is; auto: the highest priority is; absent: it may not be chosen.", fallback = "selected") Wanted state,
            @Arg(value = "Other names that come with it, manual pages say: each with name, link and path.", aliases = {
                "slaves"}, fallback = "[]") List<MapValue> subcommands){

        private Map<String, String> followers(String field) {
            Map<String, String> followers = new TreeMap<>();
            for (MapValue one : subcommands) {
                followers.put(one.get("name").map(Object::toString).orElse(""),
                        one.get(field).map(Object::toString).orElse(""));
            }
            return followers;
        }
    }

    /** What is known by the name, and the program. */
    public record State(Optional<AlternativeFact.Group> group, Maybe<PathState> program) {}

    @Override
    public String name() {
        return "alternatives";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new AlternativeFact(args.name()))
                .and(Inquiry.maybe(new PathFact(args.path().orElse("/"))), State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.group.isEmpty()) {
            return new Plan.Refused(new CommandFact("update-alternatives").sentence("choose " + args.name(),
                    "dpkg (Fedora: alternatives)"));
        }
        if (args.path().isEmpty() && args.state() != Wanted.AUTO) {
            return Plan.mistake("missing required arguments: path");
        }
        if (args.subcommands().stream().anyMatch(
                one -> !List.of("name", "link", "path").stream().allMatch(key -> one.get(key).isPresent()))) {
            return new Plan.Refused("each of subcommands needs name, link and path");
        }
        AlternativeFact.Group now = actual.group.get();
        String path = args.path().orElse("");
        var next = now;
        var changes = new ArrayList<Change>();
        if (args.state() == Wanted.ABSENT) {
            return now.choices().containsKey(path)
                    ? Plan.of(change(args, now, without(now, path),
                            Sh.of("update-alternatives --remove {} {}", args.name(), path)))
                    : Plan.NOTHING;
        }
        if (!path.isEmpty()) {
            AlternativeFact.Choice old = now.choices().get(path);
            int priority = args.priority().orElse(old == null ? 50 : old.priority());
            Map<String, String> followers = args.subcommands().isEmpty() && old != null
                    ? old.followers()
                    : args.followers("path");
            var choice = new AlternativeFact.Choice(priority, followers);
            if (!choice.equals(old)) {
                if (actual.program.orElse(root()).missing()) {
                    return new Plan.Refused("Specified path " + path + " does not exist");
                }
                String link = args.link().orElse(now.link());
                if (link.isEmpty() && !actual.program.get().missing()) {
                    return new Plan.Refused("Tried to offer " + path + " as " + args.name()
                            + ", but the name is new, so that link has to say which path leads to it: /usr/bin/"
                            + args.name() + ", say.");
                }
                next = with(now, link, path, choice, args.followers("link"));
                changes.add(change(args, now, next, install(args, next, path, choice)));
            }
        }
        if (args.state() == Wanted.SELECTED && !next.current().equals(path)) {
            var set = new AlternativeFact.Group(next.link(), next.links(), false, path, next.choices());
            changes.add(change(args, next, set, Sh.of("update-alternatives --set {} {}", args.name(), path)));
        }
        if (args.state() == Wanted.AUTO && !next.auto()) {
            var set = new AlternativeFact.Group(next.link(), next.links(), true, next.best(), next.choices());
            changes.add(change(args, next, set, Sh.of("update-alternatives --auto {}", args.name())));
        }
        return Plan.of(changes);
    }

    private static PathState root() {
        return new PathState.Directory("/", new bramble.modules.files.Inode(0755, bramble.modules.files.Owner.ROOT,
                bramble.modules.files.Owner.ROOT, "", 1, java.util.OptionalLong.empty(),
                java.util.OptionalLong.empty(), java.util.OptionalLong.empty()));
    }

    private static AlternativeFact.Group without(AlternativeFact.Group now, String path) {
        Map<String, AlternativeFact.Choice> choices = new TreeMap<>(now.choices());
        choices.remove(path);
        if (choices.isEmpty()) {
            return AlternativeFact.Group.NONE;
        }
        boolean gone = now.current().equals(path);
        var left = new AlternativeFact.Group(now.link(), now.links(), now.auto() || gone, now.current(), choices);
        return new AlternativeFact.Group(left.link(), left.links(), left.auto(), gone ? left.best() : now.current(),
                choices);
    }

    private static AlternativeFact.Group with(AlternativeFact.Group now, String link, String path,
            AlternativeFact.Choice choice, Map<String, String> links) {
        Map<String, AlternativeFact.Choice> choices = new TreeMap<>(now.choices());
        choices.put(path, choice);
        Map<String, String> all = new TreeMap<>(now.links());
        all.putAll(links);
        var more = new AlternativeFact.Group(link, all, now.auto(), now.current(), choices);
        return new AlternativeFact.Group(link, all, now.auto(), now.auto() ? more.best() : now.current(), choices);
    }

    private static Sh install(Args args, AlternativeFact.Group group, String path, AlternativeFact.Choice choice) {
        var words = new ArrayList<String>(
                List.of("--install", group.link(), args.name(), path, String.valueOf(choice.priority())));
        choice.followers().forEach((name, follower) -> words
                .addAll(List.of("--slave", group.links().getOrDefault(name, ""), name, follower)));
        return Sh.of("update-alternatives {} >/dev/null", words);
    }

    private static Change change(Args args, AlternativeFact.Group before, AlternativeFact.Group after, Sh run) {
        return new Change(args.name(), Diff.text(args.name(), text(before), text(after)),
                List.of(new Action.Run(Sh.of("{} >/dev/null", run))),
                List.of(Effect.becomes(new AlternativeFact(args.name()), Optional.of(after))));
    }

    private static String text(AlternativeFact.Group group) {
        var lines = new StringBuilder();
        if (!group.link().isEmpty()) {
            lines.append(group.link()).append(" -> ").append(group.current()).append(group.auto() ? " (auto)\n" : "\n");
        }
        new TreeMap<>(group.choices())
                .forEach((path, choice) -> lines.append(path).append(' ').append(choice.priority()).append('\n'));
        return lines.toString();
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed("Tried to choose " + args.name() + ", but " + failed.get().errors().strip(),
                        MapValue.EMPTY)
                : Verdict.changed(!applied.changes().isEmpty(), MapValue.of("msg", said(args.name(), before, applied)));
    }

    /** What was done, in Ansible's words. */
    private static String said(String name, State before, Applied<State> applied) {
        var sentences = new ArrayList<String>();
        AlternativeFact.Group now = before.group.orElse(AlternativeFact.Group.NONE);
        for (Change change : applied.changes()) {
            if (change.effects().getFirst() instanceof Effect.Becomes<?>(_, Optional<?> value)
                    && value.isPresent() && value.get() instanceof AlternativeFact.Group next) {
                sentences.add(step(name, now, next));
                now = next;
            }
        }
        return String.join(" ", sentences);
    }

    private static String step(String name, AlternativeFact.Group now, AlternativeFact.Group next) {
        Optional<String> removed = now.choices().keySet().stream().filter(path -> !next.choices().containsKey(path))
                .findFirst();
        if (removed.isPresent()) {
            return "Remove alternative '" + removed.get() + "' from '" + name + "'.";
        }
        Optional<String> installed = next.choices().entrySet().stream()
                .filter(choice -> !choice.getValue().equals(now.choices().get(choice.getKey()))).map(Map.Entry::getKey)
                .findFirst();
        return installed.map(path -> "Install alternative '" + path + "' for '" + name + "'.")
                .orElseGet(() -> next.auto()
                        ? "Set alternative to auto for '" + name + "'."
                        : "Set alternative '" + next.current() + "' for '" + name + "'.");
    }
}
