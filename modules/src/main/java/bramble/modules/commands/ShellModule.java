package bramble.modules.commands;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.shell.Sh;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code shell}: runs a shell's text. */
@AutoService(AnyModule.class)
public final class ShellModule implements TaskModule<ShellModule.Args, Guard.State> {

    /** The arguments of {@code shell}. */
    @Doc(value = "Runs a text in a shell: pipes, redirection and patterns work.", freeForm = "cmd", example = """
            - name: How many processes are there?
              shell: ls -d /proc/[0-9]* | wc -l
              register: processes
              changed_when: false
            """, oneByOne = true, neverSettles = "only the command knows whether it has anything to do; creates and removes tell", returns = {
        "cmd: str: the text", "rc: int: exit status", "stdout: str: what it printed",
        "stderr: str: what it printed as errors",
        "start: str: when it began, by the node's clock", "end: str: when it ended", "delta: str: how long it took",
        "msg: str: empty, or what was wrong"})
    public record Args(@Arg(value = "The shell's text.", fallback = "") String cmd,
            @Arg(value = "The shell's path.", fallback = "/bin/sh", nodePath = true) String executable,
            @Arg("Only command has it: the shell itself expands variables.") Optional<Boolean> expandArgumentVars,
            Guard guard, Streams streams) {
        public Args {
            if (expandArgumentVars.isPresent()) {
                throw new IllegalArgumentException("Unsupported parameters for (shell) module: expand_argument_vars");
            }
            if (cmd.isBlank()) {
                throw new IllegalArgumentException("no command given");
            }
        }
    }

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Guard.State> inspect(Args args, Platform node) {
        return args.guard().inspect();
    }

    @Override
    public Plan plan(Args args, Guard.State actual) {
        if (actual.done().isPresent()) {
            return Plan.NOTHING;
        }
        Sh script = Launch.script(Sh.raw(""), args.guard().chdir(), Sh.of("{} -c {}", args.executable(), args.cmd()),
                Sh.of("{}", args.executable()));
        return Plan.of(new Change(args.cmd(), Diff.NONE,
                List.of(new Action.Run(script, args.streams().input())),
                args.guard().effects(args.cmd())));
    }

    @Override
    public Verdict judge(Args args, Guard.State before, Applied<Guard.State> applied) {
        return Launch.verdict(args.guard(), before, applied, Value.text(args.cmd()), args.streams().stripEmptyEnds(),
                args.executable());
    }
}
