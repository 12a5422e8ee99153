package bramble.modules.commands;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.args.ShellSplit;
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
import bramble.value.MapValue;
import bramble.value.Value;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code command}: runs a program, without a shell. */
@AutoService(AnyModule.class)
public final class CommandModule implements TaskModule<CommandModule.Args, Guard.State> {

    /** The arguments of {@code command}. */
    @Doc(value = "Runs a program. There is no shell: no pipes, no redirection, no patterns.", freeForm = "cmd", example = """
            - name: How long has it been up?
              command: cat /proc/uptime
              register: uptime
              changed_when: false
            """, oneByOne = true, neverSettles = "only the program knows whether it has anything to do; creates and removes tell", returns = {
        "cmd: list: the words", "rc: int: exit status", "stdout: str: what it printed",
        "stderr: str: what it printed as errors",
        "start: str: when it began, by the node's clock", "end: str: when it ended", "delta: str: how long it took",
        "msg: str: empty, or what was wrong"})
    public record Args(@Arg("The command line; quotes keep words together.") Optional<String> cmd,
            @Arg("The program and its arguments, a word each.") Optional<List<String>> argv,
            @Arg(value = "Whether $variables and ~ in the words are expanded on the node.", fallback = "true") boolean expandArgumentVars,
            @Arg("Accepted; without effect.") Optional<String> executable, Guard guard, Streams streams) {
        /** What keeps it from running at all. */
        Optional<String> problem() {
            return cmd.isPresent() && argv.isPresent()
                    ? Optional.of("only command or argv can be given, not both")
                    : words().isEmpty() ? Optional.of("no command given") : Optional.empty();
        }

        List<String> words() {
            return argv.orElseGet(() -> cmd.map(ShellSplit::words).orElse(List.of()));
        }
    }

    @Override
    public String name() {
        return "command";
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
        if (actual.done().isPresent() || args.problem().isPresent()) {
            return Plan.NOTHING;
        }
        List<String> words = args.words();
        List<Sh> quoted = words.stream()
                .map(word -> args.expandArgumentVars() ? Launch.expanded(word) : Sh.of("{}", word))
                .toList();
        Sh script = Launch.script(Sh.raw(""), args.guard().chdir(), Launch.words(quoted), quoted.getFirst());
        String line = String.join(" ", words);
        return Plan.of(new Change(line, Diff.NONE,
                List.of(new Action.Run(script, args.streams().input())),
                args.guard().effects(line)));
    }

    @Override
    public Verdict judge(Args args, Guard.State before, Applied<Guard.State> applied) {
        List<String> words = args.words();
        if (args.problem().isPresent()) {
            return Verdict.failed(args.problem().get(), MapValue.of("cmd", words, "rc", 256, "stdout", "", "stderr", "",
                    "start", null, "end", null, "delta", null));
        }
        Verdict verdict = Launch.verdict(args.guard(), before, applied, Value.texts(words),
                args.streams().stripEmptyEnds(),
                words.getFirst());
        return args.executable().isEmpty()
                ? verdict
                : new Verdict(verdict.changed(), verdict.failure(), verdict.results().with("warnings",
                        List.of("The parameter 'executable' is no longer supported with the 'command'"
                                + " module. Not using '" + args.executable().get() + "'.")),
                        verdict.unknown());
    }
}
