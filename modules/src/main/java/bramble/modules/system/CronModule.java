package bramble.modules.system;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Applied;
import bramble.module.Attributes;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.NodePath;
import bramble.modules.files.TextEdit;
import bramble.modules.files.Tried;
import bramble.modules.users.HomeFact;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code cron}: what is run at which time. */
@AutoService(AnyModule.class)
public final class CronModule implements TaskModule<CronModule.Args, CronModule.State> {
    private static final String SYSTEM = "/etc/crontab";

    /** Whether the job is to be there. */
    public enum Wanted {
        ABSENT,
        PRESENT
    }

    /** Times with a name. */
    public enum Special {
        ANNUALLY,
        DAILY,
        HOURLY,
        MONTHLY,
        REBOOT,
        WEEKLY,
        YEARLY
    }

    @Doc(value = "Has cron run jobs, from a user's table or from a file in /etc/cron.d.", example = """
            - name: Look for dead links each Sunday at 5
              ansible.builtin.cron:
                name: look for dead links
                weekday: "0"
                hour: "5"
                minute: "0"
                job: "find /srv -xtype l > /var/log/dead-links"
            """, returns = {"jobs: list: the names of the jobs in the table", "envs: list: the variables set in it",
        "cron_file: str: the file of the table, if it is one of its own",
        "backup_file: str: a copy of the table as it was"})
    public record Args(@Arg("The job's name; it stands in a comment before the job.") Optional<String> name,
            @Arg("The user whose table it is, or, in a file, whom the job runs as.") Optional<String> user,
            @Arg(value = "The command; a variable's value with env.", aliases = "value") Optional<String> job,
            @Arg(value = "Whether it is to be there.", fallback = "present") Wanted state,
            @Arg(value = "A table of its own in /etc/cron.d, or an absolute path.", name = "cron_file", nodePath = true) Optional<String> cronFile,
            @Arg(value = "Keeps a copy of the table as it was.", fallback = "no") boolean backup,
            @Arg(value = "Minutes: 0-59, *, *\\/2.", fallback = "*") String minute,
            @Arg(value = "Hours: 0-23.", fallback = "*") String hour,
            @Arg(value = "Days of the month: 1-31.", aliases = "dom", fallback = "*") String day,
            @Arg(value = "Months: 1-12.", fallback = "*") String month,
            @Arg(value = "Days of the week: 0-6, Sunday is 0.", aliases = "dow", fallback = "*") String weekday,
            @Arg(value = "A time with a name, reboot for instance.", name = "special_time") Optional<Special> specialTime,
            @Arg(value = "Keeps the job as a comment.", fallback = "no") boolean disabled,
            @Arg(value = "The name is that of a variable.", fallback = "no") boolean env,
            @Arg("With env: stands behind this variable.") Optional<String> insertafter,
            @Arg("With env: stands before this variable.") Optional<String> insertbefore) {}

    /** The table. */
    public sealed interface State {
        /**
         * A user's.
         *
         * @param known whether there is such a user
         */
        record Own(CrontabFact whose, CrontabFact.Table table, boolean known) implements State {}

        /** A file. */
        record Shared(TextEdit edit) implements State {}

        /** The node has no cron. */
        record NoCron() implements State {}

        /** What is in it. */
        default String text() {
            return switch (this) {
                case Own own -> own.table.text();
                case Shared shared -> shared.edit.text();
                case NoCron _ -> "";
            };
        }
    }

    @Override
    public String name() {
        return "cron";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (args.cronFile().isPresent()) {
            return TextEdit.of(NodePath.resolve("/etc/cron.d", args.cronFile().get())).map(State.Shared::new);
        }
        if (!node.has("crontab")) {
            return Inquiry.nothing(new State.NoCron());
        }
        var fact = new CrontabFact(args.user().orElse(""));
        if (args.user().isEmpty()) {
            return Inquiry.of(fact).map(table -> new State.Own(fact, table, true));
        }
        var home = new HomeFact(args.user().get(), "", false);
        return Inquiry.ask(List.of(fact, home),
                known -> new State.Own(fact, known.get(fact), !known.get(home).path().isEmpty()));
    }

    @Override
    public Plan plan(Args args, State actual) {
        Optional<String> wrong = wrong(args, actual);
        if (wrong.isPresent()) {
            return new Plan.Refused(wrong.get());
        }
        if (actual instanceof State.Shared(TextEdit edit) && args.name().isEmpty()) {
            return edit.exists() ? Plan.of(removal(edit)) : Plan.NOTHING;
        }
        String name = args.name().orElseThrow();
        CronTable table = CronTable.of(actual.text());
        Optional<CronTable> next = args.state() == Wanted.ABSENT
                ? Optional.of(args.env() ? table.withoutVariable(name) : table.withoutJob(name))
                : args.env()
                        ? table.withVariable(name, args.job().orElseThrow(), args.insertafter(), args.insertbefore())
                        : Optional.of(table.withJob(name, line(args)));
        if (next.isEmpty()) {
            return new Plan.Refused(
                    "Variable named '" + args.insertafter().or(args::insertbefore).orElse("") + "' not found.");
        }
        if (next.get().equals(table)) {
            return Plan.NOTHING;
        }
        String text = next.get().text();
        return switch (actual) {
            case State.Shared(TextEdit edit) when text.isBlank() && edit.exists() -> Plan.of(removal(edit));
            case State.Shared(TextEdit edit) -> Plan.of(edit.to(text, new TextEdit.Options(
                    edit.exists()
                            ? Attributes.NONE
                            : new Attributes(OptionalInt.of(0644), Optional.empty(), Optional.empty()),
                    Optional.empty(), args.backup())));
            case State.Own(CrontabFact whose, _, boolean known) when !known -> new Plan.Refused(
                    "Tried to write the table of " + whose.user() + ", but the node has no user of that name");
            case State.Own(CrontabFact whose, CrontabFact.Table was, _) -> Plan.of(new Change("crontab",
                    Diff.text(args.user().map(user -> "crontab for user \"" + user + "\"").orElse("crontab"),
                            was.text(), text),
                    List.of(new Action.Run(
                            Sh.of("{}crontab{} -", backup(args, whose), whose.whose()), Content.text(text))),
                    List.of(Effect.becomes(whose, new CrontabFact.Table(text)))));
            case State.NoCron _ -> Plan.NOTHING;
        };
    }

    private static Optional<String> wrong(Args args, State actual) {
        if (actual instanceof State.NoCron) {
            return Optional.of("Failed to find required executable \"crontab\" in paths: the node has no cron.");
        }
        if (actual instanceof State.Shared(TextEdit edit) && edit.path().equals(SYSTEM)) {
            return Optional.of("Will not manage " + SYSTEM + " via cron_file, see documentation.");
        }
        if (actual instanceof State.Own own && own.table.denied().isPresent()) {
            return Optional.of("Tried to read the table of " + args.user().orElse("who runs the task") + ", but: "
                    + own.table.denied().get() + ". Does the task need become?");
        }
        boolean wholeFile = args.cronFile().isPresent() && args.state() == Wanted.ABSENT && args.name().isEmpty();
        if (args.name().isEmpty() && !wholeFile) {
            return Optional.of("missing required arguments: name");
        }
        if (args.cronFile().isPresent() && args.user().isEmpty() && args.state() == Wanted.PRESENT && !args.env()) {
            return Optional.of("To use cron_file=... parameter you must specify user=... as well");
        }
        boolean timed = !args.minute().equals("*") || !args.hour().equals("*") || !args.day().equals("*")
                || !args.month().equals("*") || !args.weekday().equals("*");
        if (args.specialTime().isPresent() && timed) {
            return Optional.of("You must specify time and date fields or special time.");
        }
        Optional<String> never = args.state() == Wanted.PRESENT && !args.env() && !args.disabled()
                && args.specialTime().isEmpty() ? CronTime.mistake(args) : Optional.empty();
        if (never.isPresent()) {
            return never;
        }
        if (args.state() == Wanted.PRESENT && args.job().isEmpty()) {
            return Optional.of("You must specify 'job' to install a new cron job or variable");
        }
        if ((args.insertafter().isPresent() || args.insertbefore().isPresent()) && !args.env()) {
            return Optional.of("Insertafter and insertbefore parameters are valid only with env=yes");
        }
        return actual instanceof State.Shared(TextEdit edit)
                ? edit.obstacle().map(why -> "Tried to write " + edit.path() + ", but " + why)
                : Optional.empty();
    }

    private static String line(Args args) {
        String time = args.specialTime().map(special -> "@" + special.name().toLowerCase(java.util.Locale.ROOT))
                .orElse(String.join(" ", args.minute(), args.hour(), args.day(), args.month(), args.weekday()));
        String who = args.cronFile().isPresent() ? args.user().orElse("root") + " " : "";
        String job = args.job().orElse("").replaceAll("^[\r\n]+|[\r\n]+$", "");
        return (args.disabled() ? "#" : "") + time + " " + who + job;
    }

    private static Sh backup(Args args, CrontabFact whose) {
        return args.backup()
                ? Sh.of("b_b=$(mktemp /tmp/crontabXXXXXX) && crontab{} -l >\"$b_b\" 2>/dev/null; printf 'backup %s\\n' \"$b_b\"\n",
                        whose.whose())
                : Sh.raw("");
    }

    private static Change removal(TextEdit edit) {
        String path = edit.state().real();
        return new Change(edit.path(), Diff.text(edit.path(), edit.text(), ""),
                List.of(new Action.Run(Tried.of("remove " + path, Sh.of("rm -f {}", path)))),
                List.of(Effect.becomes(new PathFact(path),
                        new PathState.Absent(path, NodePath.parent(path), false))),
                edit.state().closed() ? Optional.of(Tried.denied("remove " + path)) : Optional.empty());
    }

    private static String failed(String errors) {
        return errors.startsWith("Tried to ") ? errors : "CronTabError " + errors;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        CronTable table = CronTable.of(applied.after().orElse(before).text());
        MapValue results = MapValue.of("jobs", table.names(), "envs", table.variables());
        if (args.cronFile().isPresent()) {
            results = results.with("cron_file", args.cronFile().get());
            if (before instanceof State.Shared && table.text().isBlank() && args.state() == Wanted.ABSENT) {
                results = results.with("state", "absent");
            }
        }
        for (Answer answer : applied.answers()) {
            Optional<String> kept = answer.text().lines().filter(line -> line.startsWith("backup ")).findFirst();
            if (kept.isPresent()) {
                results = results.with("backup_file", kept.get().substring(7));
            }
        }
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed(failed.get().errors().strip()), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
