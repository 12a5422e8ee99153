package bramble.modules.commands;

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
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;

/** {@code raw}: runs a text in a shell, and returns its output as it is. */
@AutoService(AnyModule.class)
public final class RawModule implements TaskModule<RawModule.Args, Boolean> {

    /** The arguments of {@code raw}. */
    @Doc(value = "Runs a text in a shell, and returns its output as it is.", freeForm = "free_form", example = """
            - name: Is there a Python?
              raw: command -v python3 || echo none
              changed_when: false
            """, oneByOne = true, neverSettles = "only the command knows whether it has anything to do", returns = {
        "rc: int: exit status", "stdout: str: what it printed", "stderr: str: what it printed as errors"})
    public record Args(@Arg("The shell's text.") String freeForm,
            @Arg(value = "The shell's path.", fallback = "/bin/sh") String executable) {
        public Args {
            if (freeForm.isBlank()) {
                throw new IllegalArgumentException("no command given");
            }
        }
    }

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<Boolean> inspect(Args args, Platform node) {
        return Inquiry.nothing(true);
    }

    @Override
    public Plan plan(Args args, Boolean actual) {
        Sh script = Launch.script(Sh.raw(""), Optional.empty(), Sh.of("{} -c {}", args.executable(), args.freeForm()),
                Sh.of("{}", args.executable()));
        return Plan.of(new Change(args.freeForm(), Diff.NONE, List.of(new Action.Run(script)),
                List.of(Effect.unbounded("the command '" + args.freeForm() + "' may do anything"))));
    }

    @Override
    public Verdict judge(Args args, Boolean before, Applied<Boolean> applied) {
        if (applied.predicted()) {
            return Verdict.unknown(true, "the command would have to run", MapValue.of("skipped", true));
        }
        Launch.Ended ended = Launch.ended(applied.answers().getFirst(), args.executable(), "");
        Optional<String> failure = ended.problem()
                .or(() -> ended.rc() == 0 ? Optional.empty() : Optional.of("non-zero return code"));
        return new Verdict(true, failure, ended.output(false));
    }
}
