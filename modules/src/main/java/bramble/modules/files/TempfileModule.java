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
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.Unknown;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code tempfile}: a new file or directory with a name that nobody has. */
@AutoService(AnyModule.class)
public final class TempfileModule implements TaskModule<TempfileModule.Args, Boolean> {

    /** The arguments of {@code tempfile}. */
    @Doc(value = "Makes a new, empty file or directory that only its owner can read.", example = """
            - name: A place to unpack things
              tempfile:
                state: directory
                suffix: build
              register: place
            """, oneByOne = true, neverSettles = "each run makes another one, as it is meant to", returns = {
        "path: str: the path", "state: str: file or directory", "mode: str: four octal digits",
        "uid: int: number of the owner",
        "gid: int: number of the group"})
    public record Args(@Arg(value = "What to make.", fallback = "file") Kind state,
            @Arg(value = "The directory to make it in; the system's own for such, if not given.", nodePath = true) Optional<String> path,
            @Arg(value = "What its name begins with.", fallback = "ansible.") String prefix,
            @Arg(value = "What its name ends with.", fallback = "") String suffix) {}

    /** What can be made. */
    public enum Kind {
        FILE,
        DIRECTORY
    }

    @Override
    public String name() {
        return "tempfile";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Boolean> inspect(Args args, Platform node) {
        return args.path().map(path -> Inquiry.of(new PathFact(path))
                .map(state -> state.followed() instanceof PathState.Directory)).orElse(Inquiry.nothing(true));
    }

    @Override
    public Plan plan(Args args, Boolean actual) {
        if (!actual) {
            return new Plan.Refused("Tried to make a temporary " + word(args) + ", but there is no directory "
                    + args.path().orElse(""));
        }
        Sh folder = args.path().map(NodePath::word).orElse(Sh.raw("\"${TMPDIR:-/tmp}\""));
        Sh script = Sh.of("""
                d={}
                case $d in /) d= ;; esac
                n=$(mktemp {}"$d/"{}XXXXXX) || exit
                mv "$n" "$n"{} 2>/dev/null || :
                printf '%s\\n' "$n"{}
                """, folder, Sh.raw(args.state() == Kind.DIRECTORY ? "-d " : ""), args.prefix(), args.suffix(),
                args.suffix());
        return Plan.of(new Change(args.path().orElse("/tmp"), Diff.NONE, List.of(new Action.Run(script)),
                List.of(new Effect.Unknown((fact, _) -> fact instanceof ListingFact || fact instanceof TreeFact,
                        "the name of a temporary " + word(args) + " is chosen when it is made", true))));
    }

    private static String word(Args args) {
        return args.state() == Kind.DIRECTORY ? "directory" : "file";
    }

    @Override
    public Verdict judge(Args args, Boolean before, Applied<Boolean> applied) {
        Verdict plain = TaskModule.super.judge(args, before, applied);
        Value path = applied.answers().isEmpty()
                ? new Unknown("the name is chosen when it is made")
                : Value.text(applied.answers().getFirst().text().strip());
        return plain.with(MapValue.of("path", path, "state", word(args), "mode",
                args.state() == Kind.DIRECTORY ? "0700" : "0600"));
    }
}
