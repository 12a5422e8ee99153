package bramble.modules.files;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Content;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.Base64;
import java.util.List;

/** {@code slurp}: the content of a file, as a result. */
@AutoService(AnyModule.class)
public final class SlurpModule implements TaskModule<SlurpModule.Args, SlurpModule.State> {

    /** The arguments of {@code slurp}. */
    @Doc(value = "Brings the content of a file into a variable, in base64.", example = """
            - name: The public key of the node
              slurp:
                src: /etc/ssh/ssh_host_ed25519_key.pub
              register: key
            """, returns = {"content: str: the content, in base64", "encoding: str: base64", "source: str: the path"})
    public record Args(@Arg(value = "The file.", aliases = "path", nodePath = true) String src) {}

    @Override
    public String name() {
        return "slurp";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    /** What is there; the path tells of what is in the way of a file that isn't. */
    public record State(FileContent content, PathState path) {}

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var content = new ContentFact(args.src());
        var path = new PathFact(args.src());
        return Inquiry.ask(List.of(content, path), facts -> new State(facts.get(content), facts.get(path)));
    }

    @Override
    public Plan plan(Args args, State actual) {
        return switch (actual.content()) {
            case FileContent.Bytes _ -> Plan.NOTHING;
            case FileContent.Missing _ when actual.path().followed() instanceof PathState.Absent absent
                    && absent.blocked() ->
                new Plan.Refused("unable to slurp file: something that is no directory is in the way of "
                        + args.src());
            case FileContent.Missing _ -> new Plan.Refused("file not found: " + args.src());
            case FileContent.Unreadable(_, String why) when why.equals("is a directory") ->
                new Plan.Refused("source is a directory and must be a file: " + args.src());
            case FileContent.Unreadable _ -> new Plan.Refused("file is not readable: " + args.src());
            case FileContent.TooLarge _ -> new Plan.Refused("Tried to read " + args.src() + ", but it is larger than "
                    + (ContentFact.LIMIT >> 20) + " MiB; fetch takes larger files");
        };
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        byte[] bytes = before.content() instanceof FileContent.Bytes(_, Content content)
                ? content.bytesOf()
                : new byte[0];
        return Verdict.changed(false,
                MapValue.of("content", Base64.getEncoder().encodeToString(bytes), "encoding", "base64",
                        "source", args.src()));
    }
}
