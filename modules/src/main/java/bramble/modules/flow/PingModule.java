package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.NodePython;
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
import java.util.List;
import java.util.Optional;

/** {@code ping}: asks whether a node can be reached and has a shell, and Python where its variables say so. */
@AutoService(AnyModule.class)
public final class PingModule implements TaskModule<PingModule.Args, PingModule.Echo> {

    /** The arguments of {@code ping}. */
    @Doc(value = "Asks whether the node can be reached, and a shell runs there. Where `ansible_python_interpreter` names a Python, it is started, too: a warning tells if it can't be.", example = """
            - name: Is it there?
              ping:
            """, returns = "ping: str: data")
    public record Args(@Arg(value = "What to answer; crash fails.", fallback = "pong") String data,
            NodePython python) {}

    /**
     * What came back.
     *
     * @param python what went wrong with the Python that is named
     */
    public record Echo(boolean shell, Optional<String> python) {}

    /** Whether a shell runs what it is told, and Python. */
    private record AliveFact(NodePython python) implements Fact<Echo> {
        @Override
        public Sh script() {
            Sh shell = Sh.raw("echo alive");
            return python.interpreter().isEmpty()
                    ? shell
                    : Sh.of("{}\n{}", shell, python.start("ping.py", "print('usable')\n"));
        }

        @Override
        public Echo parse(Answer answer) {
            List<String> lines = answer.text().lines().toList();
            boolean usable = python.interpreter().isEmpty() || (lines.size() == 2 && lines.getLast().equals("usable"));
            return new Echo(!lines.isEmpty() && lines.getFirst().equals("alive"), usable
                    ? Optional.empty()
                    : Optional.of(answer.errors().isBlank() ? "it printed nothing" : answer.errors().strip()));
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
    public Inquiry<Echo> inspect(Args args, Platform node) {
        return Inquiry.of(new AliveFact(args.python()));
    }

    @Override
    public Plan plan(Args args, Echo echo) {
        return Plan.NOTHING;
    }

    @Override
    public Verdict judge(Args args, Echo echo, Applied<Echo> applied) {
        if (args.data().equals("crash")) {
            return Verdict.failed("MODULE FAILURE: Exception: boom",
                    MapValue.of("module_stdout", "", "module_stderr", "Exception: boom", "rc", 1));
        }
        if (!echo.shell()) {
            return Verdict.failed("Tried to run a shell command, but its answer made no sense.", MapValue.EMPTY);
        }
        MapValue pong = MapValue.of("ping", args.data());
        return Verdict.changed(false, echo.python().map(trouble -> pong.with("warnings", List.of("Tried to start "
                + args.python().interpreter().orElseThrow()
                + ", the Python that ansible_python_interpreter names, but: "
                + trouble))).orElse(pong));
    }
}
