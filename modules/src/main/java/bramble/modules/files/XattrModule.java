package bramble.modules.files;

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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Text;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code xattr}: attributes of files beyond those that every file system has. */
@AutoService(AnyModule.class)
public final class XattrModule implements TaskModule<XattrModule.Args, XattrModule.State> {
    /** What is to be done. */
    public enum Wanted {
        READ,
        PRESENT,
        ALL,
        KEYS,
        ABSENT
    }

    @Doc(value = "Reads, sets and removes extended attributes of files.", collection = "community.general", example = """
            - name: Say where the file is from
              community.general.xattr:
                path: /srv/film.mkv
                key: user.origin
                value: holidays
            """, returns = {
        "xattr: dict: the attributes, by name"})
    public record Args(@Arg(value = "The file.", aliases = "name", nodePath = true) String path,
            @Arg("The attribute's name; the namespace may be left out.") Optional<String> key,
            @Arg("Its value; sets it.") Optional<String> value,
            @Arg(value = "The namespace of a name that has none.", fallback = "user") String namespace,
            @Arg(value = "read: the one attribute; all: all of them; keys: their names; present and absent: set, and removed.", fallback = "read") Wanted state,
            @Arg(value = "Whether a link's destination is meant.", fallback = "yes") boolean follow) {

        private String attribute() {
            return key.map(name -> name.startsWith(namespace + ".") ? name : namespace + "." + name).orElse("");
        }

        private boolean sets() {
            return state == Wanted.PRESENT || (value.isPresent() && state == Wanted.READ);
        }
    }

    /** What the file has. */
    public record State(Optional<XattrFact.Attributes> attributes) {}

    @Override
    public String name() {
        return "xattr";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    private static XattrFact fact(Args args) {
        return new XattrFact(args.path(), args.follow());
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(fact(args)).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        boolean one = args.state() == Wanted.PRESENT || args.state() == Wanted.ABSENT || args.state() == Wanted.READ;
        if (args.key().isEmpty() && (args.state() == Wanted.PRESENT || args.state() == Wanted.ABSENT)) {
            return Plan.mistake("missing required arguments: key");
        }
        if (one && !args.attribute().isEmpty() && !args.attribute().matches("(user|trusted|system|security)\\..+")) {
            return Plan.mistake("namespace must be one of: user, trusted, system, security, got: "
                    + args.namespace());
        }
        if (args.state() == Wanted.PRESENT && args.value().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: value");
        }
        if (actual.attributes.isEmpty()) {
            return new Plan.Refused(new CommandFact("getfattr").sentence("read attributes of " + args.path(), "attr"));
        }
        XattrFact.Attributes now = actual.attributes.get();
        if (!now.exists()) {
            return new Plan.Refused("path not found or not accessible: " + args.path());
        }
        String name = args.attribute();
        Optional<String> is = Optional.ofNullable(now.values().get(name));
        Sh plain = Sh.raw(args.follow() ? "" : "-h ");
        if (args.sets() && !name.isEmpty() && !is.equals(args.value())) {
            return change(args, now, args.value(), Sh.of("setfattr {}-n {} -v {} {}", plain, name,
                    args.value().orElse(""), NodePath.word(args.path())));
        }
        return args.state() == Wanted.ABSENT && is.isPresent()
                ? change(args, now, Optional.empty(),
                        Sh.of("setfattr {}-x {} {}", plain, name, NodePath.word(args.path())))
                : Plan.NOTHING;
    }

    private static Plan change(Args args, XattrFact.Attributes now, Optional<String> value, Sh run) {
        Map<String, String> values = new TreeMap<>(now.values());
        values.remove(args.attribute());
        value.ifPresent(text -> values.put(args.attribute(), text));
        return Plan.of(new Change(args.path(),
                Diff.text(args.path(), line(args, Optional.ofNullable(now.values().get(args.attribute()))),
                        line(args, value)),
                List.of(new Action.Run(run)), List.of(Effect.becomes(fact(args),
                        Optional.of(new XattrFact.Attributes(true, values))))));
    }

    private static String line(Args args, Optional<String> value) {
        return value.map(text -> args.attribute() + "=" + text + "\n").orElse("");
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Map<String, String> values = applied.after().orElse(before).attributes.map(XattrFact.Attributes::values)
                .orElse(Map.of());
        Map<String, Text> shown = new TreeMap<>();
        values.forEach((name, value) -> {
            boolean mine = args.attribute().isEmpty() || name.equals(args.attribute())
                    || args.state() == Wanted.ALL || args.state() == Wanted.KEYS;
            if (mine) {
                shown.put(name, new Text(args.state() == Wanted.KEYS ? "" : value));
            }
        });
        MapValue results = MapValue.of("xattr", MapValue.named(shown), "msg", switch (args.state()) {
            case PRESENT -> args.attribute() + " set to " + args.value().orElse("");
            case ABSENT -> args.attribute() + " removed";
            case READ -> "returning " + args.attribute();
            case KEYS -> "returning all keys";
            case ALL -> "dumping all";
        });
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
