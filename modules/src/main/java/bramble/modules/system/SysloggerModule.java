package bramble.modules.system;

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
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code syslogger}: a line in the node's log. */
@AutoService(AnyModule.class)
public final class SysloggerModule implements TaskModule<SysloggerModule.Args, SysloggerModule.State> {
    /** How much it matters. */
    public enum Priority {
        EMERG,
        ALERT,
        CRIT,
        ERR,
        WARNING,
        NOTICE,
        INFO,
        DEBUG
    }

    /** Whose line it is. */
    public enum Facility {
        KERN,
        USER,
        MAIL,
        DAEMON,
        AUTH,
        LPR,
        NEWS,
        UUCP,
        CRON,
        SYSLOG,
        LOCAL0,
        LOCAL1,
        LOCAL2,
        LOCAL3,
        LOCAL4,
        LOCAL5,
        LOCAL6,
        LOCAL7
    }

    @Doc(value = "Writes a line to the node's log.", collection = "community.general", oneByOne = true, neverSettles = "each run writes a line, as it is meant to", example = """
            - name: Leave a trace of this run
              community.general.syslogger:
                msg: The cluster is being set up
                priority: notice
            """, returns = {
        "ident: str: the line's program", "priority: str: how much it matters",
        "facility: str: whose line it is", "log_pid: bool: whether the process's number is in it",
        "msg: str: the line"})
    public record Args(@Arg("The line.") String msg,
            @Arg(value = "How much it matters.", fallback = "info") Priority priority,
            @Arg(value = "Whose line it is.", fallback = "daemon") Facility facility,
            @Arg(value = "Whether the number of a process is in it.", fallback = "no") boolean logPid,
            @Arg(value = "The program that the line is said to come from.", fallback = "ansible_syslogger") String ident) {}

    /** Whether the node can do it. */
    public record State(Optional<String> logger) {}

    @Override
    public String name() {
        return "syslogger";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return Inquiry.of(new CommandFact("logger")).map(State::new);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (actual.logger.isEmpty()) {
            return new Plan.Refused(new CommandFact("logger").sentence("write to the log", "bsdutils"));
        }
        String kind = name(args.facility()) + "." + name(args.priority());
        return Plan.of(new Change("log", Diff.NONE, List.of(new Action.Run(args.logPid()
                ? Sh.of("logger -p {} -t {}\"[$$]\" -- {}", kind, args.ident(), args.msg())
                : Sh.of("logger -p {} -t {} -- {}", kind, args.ident(), args.msg()))), List.of()));
    }

    private static String name(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("ident", args.ident(), "priority", name(args.priority()), "facility",
                name(args.facility()), "log_pid", args.logPid(), "msg", args.msg());
        Optional<Answer> failed = applied.answers().stream().filter(answer -> !answer.ok()).findFirst();
        return failed
                .map(answer -> Verdict.failed("Tried to write to the log, but " + answer.errors().strip(), results))
                .orElseGet(() -> Verdict.changed(!applied.changes().isEmpty(), results));
    }
}
