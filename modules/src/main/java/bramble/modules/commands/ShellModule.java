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
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
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
            """, neverSettles = "only the command knows whether it has anything to do; creates and removes tell", returns = {
        "cmd: str: the text", "rc: int: exit status", "stdout: str: what it printed",
        "stderr: str: what it printed as errors",
        "start: str: when it began, by the node's clock", "end: str: when it ended", "delta: str: how long it took",
        "msg: str: empty, or what was wrong"})
    public record Args(@Arg(value = "The shell's text.", fallback = "") String cmd,
            @Arg("The folder to run in.") Optional<String> chdir,
            @Arg("A path or pattern; nothing is done if it exists.") Optional<String> creates,
            @Arg("A path or pattern; nothing is done unless it exists.") Optional<String> removes,
            @Arg("What the command reads from its standard input.") Optional<String> stdin,
            @Arg(value = "Whether a newline is put after stdin.", fallback = "true") boolean stdinAddNewline,
            @Arg(value = "The shell's path.", fallback = "/bin/sh") String executable,
            @Arg(value = "Whether newlines at the end of the output are dropped.", fallback = "true") boolean stripEmptyEnds,
            @Arg("Accepted; without effect.") Optional<String> warn) {
        public Args {
            if (cmd.isBlank()) {
                throw new IllegalArgumentException("no command given");
            }
        }

        Guard guard() {
            return new Guard(chdir, creates, removes);
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
        Sh script = Launch.script(Sh.raw(""), args.chdir(), Sh.of("{} -c {}", args.executable(), args.cmd()),
                Sh.of("{}", args.executable()));
        return Plan.of(new Change(args.cmd(), Diff.NONE,
                List.of(new Action.Run(script, input(args.stdin(), args.stdinAddNewline()))),
                args.guard().effects(args.cmd())));
    }

    static Content input(Optional<String> stdin, boolean newline) {
        return stdin.map(text -> Content.text(newline ? text + "\n" : text)).orElse(Content.none());
    }

    @Override
    public Verdict judge(Args args, Guard.State before, Applied<Guard.State> applied) {
        return judged(args.guard(), before, applied, Value.text(args.cmd()), args.stripEmptyEnds(),
                args.executable());
    }

    static Verdict judged(Guard guard, Guard.State before, Applied<Guard.State> applied, Value cmd, boolean strip,
            String program) {
        if (before.done().isPresent()) {
            return Verdict.changed(false, Launch.nothingDone(before.done().get()).with("cmd", cmd));
        }
        if (applied.predicted()) {
            boolean guarded = guard.creates().isPresent() || guard.removes().isPresent();
            return Verdict.unknown(true, "the command would have to run", Launch.notRun(cmd, guarded));
        }
        Launch.Ended ended = Launch.ended(applied.answers().getFirst(), program, guard.chdir().orElse(""));
        MapValue results = ended.output(strip).with(ended.times()).with("cmd", cmd).with("msg", "");
        if (ended.problem().isPresent()) {
            return Verdict.failed(ended.problem().get(), results);
        }
        return new Verdict(true, ended.rc() == 0 ? Optional.empty() : Optional.of("non-zero return code"), results);
    }
}
