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
import bramble.modules.files.NodePath;
import bramble.regex.RegexException;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** {@code expect}: runs a program that asks questions, and answers them. */
@AutoService(AnyModule.class)
public final class ExpectModule implements TaskModule<ExpectModule.Args, Guard.State> {
    private static final String NO_FOLDER = "bramble: no such folder";
    private static final String NO_PROGRAM = "bramble: no such program";
    private static final int NOT_FOUND = 127;

    /** The arguments of {@code expect}. */
    @Doc(value = "Runs a program on a terminal, and answers its questions. The node needs neither Python nor expect.", example = """
            - name: A password for the share
              ansible.builtin.expect:
                command: smbpasswd -a pi
                responses:
                  (?i)password: "{{ share_password }}"
              no_log: true
            """, oneByOne = true, neverSettles = "only the program knows whether it has anything to do; creates and removes tell", returns = {
        "cmd: str: the command", "rc: int: exit status", "stdout: str: all that the terminal showed",
        "start: str: when it began, by the controller's clock", "end: str: when it ended",
        "delta: str: how long it took",
        "msg: str: what was wrong"})
    public record Args(@Arg("The command line; quotes keep words together. No shell reads it.") String command,
            @Arg("Questions, as Python's regular expressions, and what is answered: a text, or a list of texts, one each time it is asked.") MapValue responses,
            @Arg(value = "How many seconds to wait for a question, or the end; 0 or less for as long as it takes.", fallback = "30") int timeout,
            @Arg(value = "Whether what is answered is shown.", fallback = "false") boolean echo, Guard guard) {

        private List<String> words() {
            return ShellSplit.words(command);
        }
    }

    @Override
    public String name() {
        return "expect";
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
        if (actual.done().isPresent() || args.command().isBlank()) {
            return Plan.NOTHING;
        }
        Exchange talk;
        try {
            talk = Exchange.of(args.responses(), args.timeout());
        } catch (RegexException e) {
            return new Plan.Refused("Tried to read a question, but it is no regular expression: " + e.getMessage());
        }
        Sh into = args.guard().chdir().map(folder -> Sh.of("cd {} 2>/dev/null || { echo {}; exit {}; }\n",
                NodePath.word(folder), NO_FOLDER, NOT_FOUND)).orElse(Sh.raw(""));
        Sh there = Sh.of("command -v {} >/dev/null 2>&1 || { echo {}; exit {}; }\n", args.words().getFirst(),
                NO_PROGRAM, NOT_FOUND);
        Sh echo = args.echo()
                ? Sh.raw("stty echo || { echo 'echo: true needs the program stty, which the node lacks'; exit 1; }\n")
                : Sh.raw("stty -echo 2>/dev/null\n");
        Sh script = Sh.of("{}{}{}exec {}", into, there, echo, args.words());
        var errand = new Action.Errand("talk with " + args.words().getFirst(), beyond -> {
            Instant start = Instant.now();
            Exchange.End end;
            try {
                end = talk.with(beyond.terminal().open(script));
            } catch (IllegalArgumentException e) {
                end = new Exchange.End(1, new byte[0], Optional.of("Tried to run it, but " + e.getMessage()));
            }
            String told = start + "|" + Duration.between(start, Instant.now()).toMillis() + "\n"
                    + end.failure().orElse("");
            return new Action.Run(Sh.of("cat; printf %s {} >&2; exit {}", told, Math.max(0, end.status())),
                    new Content.Bytes(end.output()));
        });
        return Plan.of(new Change(args.command(), Diff.NONE, List.of(errand), args.guard().effects(args.command())));
    }

    @Override
    public Verdict judge(Args args, Guard.State before, Applied<Guard.State> applied) {
        if (before.done().isPresent()) {
            return Verdict.changed(false, Launch.nothingDone(before.done().get()).with("cmd", args.command()));
        }
        if (args.command().isBlank()) {
            return Verdict.failed("no command given", MapValue.of("rc", 256, "cmd", args.command()));
        }
        if (applied.predicted()) {
            return Verdict.unknown(true, "the command would have to run",
                    Launch.notRun(bramble.value.Value.text(args.command()), args.guard().tells()));
        }
        Answer answer = applied.answers().getFirst();
        String[] told = answer.errors().split("\n", 2);
        String[] times = told[0].split("\\|", 2);
        if (times.length < 2) {
            return Verdict.failed(answer.errors().strip(), MapValue.of("cmd", args.command(), "rc", answer.status()));
        }
        Optional<LocalDateTime> start = Optional.of(LocalDateTime.ofInstant(Instant.parse(times[0]),
                ZoneId.systemDefault()));
        String stdout = answer.text().replaceFirst("[\\r\\n]+\\z", "");
        if (answer.status() == NOT_FOUND && (stdout.equals(NO_FOLDER) || stdout.equals(NO_PROGRAM))) {
            return Verdict.failed(stdout.equals(NO_FOLDER)
                    ? "Tried to run it in " + args.guard().chdir().orElse("") + ", but there is no such folder."
                    : "Tried to run " + args.words().getFirst() + ", but the node has no such program, or it can't be"
                            + " executed.",
                    MapValue.of("cmd", args.command()));
        }
        var ended = new Launch.Ended(answer.status(), stdout, "", start, Duration.ofMillis(Long.parseLong(times[1])),
                Optional.empty());
        MapValue results = MapValue.of("cmd", args.command(), "stdout", stdout, "rc", answer.status())
                .with(ended.times());
        String why = told.length > 1 ? told[1] : "";
        if (!why.isEmpty()) {
            return why.equals(Exchange.LATE)
                    ? new Verdict(true, Optional.of(why), results.with("rc", null))
                    : Verdict.failed(why, results);
        }
        return new Verdict(true, answer.status() == 0 ? Optional.empty() : Optional.of("non-zero return code"),
                results);
    }
}
