package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Fact;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;

/** {@code ping}: asks whether a node can be reached and has a shell. */
@AutoService(AnyModule.class)
public final class PingModule implements TaskModule<PingModule.Args, Boolean> {

    /** The arguments of {@code ping}. */
    @Doc(value = "Asks whether the node can be reached, and a shell runs there.", example = """
            - name: Is it there?
              ping:
            """, returns = "ping: str: data")
    public record Args(@Arg(value = "What to answer; crash fails.", fallback = "pong") String data) {}

    /** Whether a shell runs what it is told. */
    private record AliveFact() implements Fact<Boolean> {
        @Override
        public Sh script() {
            return Sh.raw("echo alive");
        }

        @Override
        public Boolean parse(Answer answer) {
            return answer.text().equals("alive\n");
        }
    }

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Boolean> inspect(Args args, Platform node) {
        return Inquiry.of(new AliveFact());
    }

    @Override
    public Plan plan(Args args, Boolean alive) {
        return Plan.NOTHING;
    }

    @Override
    public Verdict judge(Args args, Boolean alive, Applied<Boolean> applied) {
        if (args.data().equals("crash")) {
            return Verdict.failed("MODULE FAILURE: Exception: boom",
                    MapValue.of("module_stdout", "", "module_stderr", "Exception: boom", "rc", 1));
        }
        return alive
                ? Verdict.changed(false, MapValue.of("ping", args.data()))
                : Verdict.failed("Tried to run a shell command, but its answer made no sense.", MapValue.EMPTY);
    }
}
