package bramble.modules.commands;

import bramble.args.Arg;
import bramble.args.ControllerCommand;
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
import com.google.auto.service.AutoService;
import java.util.List;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code script}: runs a script of the controller on a node. */
@AutoService(AnyModule.class)
public final class ScriptModule implements TaskModule<ScriptModule.Args, Guard.State> {

    /** What is longer is not looked through. */
    private static final long LONGEST = 1024 * 1024;

    /** Takes the script from standard input into a file of its own, which is gone when it has run. */
    private static final Sh.Library TAKE = new Sh.Library("b_script",
            """
                    b_script() { # bytes
                      umask 077
                      b_file=$(mktemp) || exit 1
                      trap 'rm -f "$b_file"' EXIT
                      trap 'exit 1' HUP INT TERM PIPE
                      cat >"$b_file" || exit 1
                      b_got=$(wc -c <"$b_file")
                      [ "$b_got" -eq "$1" ] || { echo "Tried to send a script, but only $b_got of $1 bytes arrived" >&2; exit 1; }
                      chmod 700 "$b_file"
                    }""");

    /** The arguments of {@code script}. */
    @Doc(value = "Runs a script of the controller on the node.", freeForm = "cmd", example = """
            - name: Run a script that lies beside the playbook
              script: files/report.sh --brief
              args:
                creates: /var/lib/report
            """, oneByOne = true, neverSettles = "only the script knows whether it has anything to do; creates and removes tell", returns = {
        "rc: int: exit status", "stdout: str: what it printed", "stderr: str: what it printed as errors"})
    public record Args(@Arg("The script's file, and what follows it on the command line.") ControllerCommand cmd,
            @Arg(value = "What to run the script with; its first line says, if this isn't given.", nodePath = true) Optional<String> executable,
            @Arg(value = "Whether a script that ansible-vault has encrypted is opened.", fallback = "true") boolean decrypt,
            Guard guard) {

        String title() {
            return (cmd.file().path() + " " + String.join(" ", cmd.words())).strip();
        }
    }

    @Override
    public String name() {
        return "script";
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
        Content content = args.cmd().file().opened(args.decrypt()).content();
        String umask = "b_um=$(umask)\n";
        Sh prepare = Sh.of("{}b_script {}\numask \"$b_um\"\n", Sh.raw(umask), content.length()).using(TAKE);
        Sh interpreter = args.executable().map(path -> Sh.of("{} ", Sh.raw(path))).orElse(Sh.raw(""));
        Sh program = Sh.of("{}\"$b_file\" {} </dev/null", interpreter, args.cmd().words());
        Sh script = Launch.script(prepare, args.guard().chdir(), program, Sh.raw(""), mayLeave(content));
        return Plan.of(new Change(args.title(), Diff.NONE, List.of(new Action.Run(script, content)),
                args.guard().effects(args.title())));
    }

    /** A long script, or one that can't be read, may do anything. */
    private static boolean mayLeave(Content content) {
        if (content.length() > LONGEST) {
            return true;
        }
        try (InputStream in = content.open()) {
            return Launch.mayLeave(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public Verdict judge(Args args, Guard.State before, Applied<Guard.State> applied) {
        if (before.done().isPresent()) {
            String option = before.done().get().endsWith(" exists") ? "creates" : "removes";
            return Verdict.changed(false,
                    MapValue.of("skipped", true, "msg", before.done().get() + ", matching " + option + " option"));
        }
        if (applied.predicted()) {
            return Verdict.unknown(true, "the script would have to run", args.guard().tells()
                    ? MapValue.EMPTY
                    : MapValue.of("skipped", true, "msg", "Check mode is not supported for this task."));
        }
        Launch.Ended ended = Launch.ended(applied.answers().getFirst(), args.title(), args.guard().chdir().orElse(""));
        Optional<String> failure = ended.problem()
                .or(() -> ended.rc() == 0 ? Optional.empty() : Optional.of("non-zero return code"));
        return new Verdict(true, failure, ended.output(false));
    }
}
