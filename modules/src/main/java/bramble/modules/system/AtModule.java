package bramble.modules.system;

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
import bramble.modules.files.CommandFact;
import bramble.modules.files.Presence;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Content;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code at}: what is run once, later. */
@AutoService(AnyModule.class)
public final class AtModule implements TaskModule<AtModule.Args, AtModule.State> {
    /** What count counts. */
    public enum Units {
        MINUTES,
        HOURS,
        DAYS,
        WEEKS
    }

    @Doc(value = "Has at run a command once, later.", collection = "ansible.posix", oneByOne = true, neverSettles = "without unique, each run adds a job", example = """
            - name: Restart at night, when nobody listens to music
              ansible.posix.at:
                command: /sbin/reboot
                count: 8
                units: hours
                unique: true
            """, returns = {
        "state: str: present or absent", "count: int: how many units later",
        "units: str: the units", "script_file: str: the file whose lines are run"})
    public record Args(@Arg("The command.") Optional<String> command,
            @Arg("A file on the node whose lines are run.") Optional<String> scriptFile,
            @Arg("How many units later.") Optional<Integer> count,
            @Arg("The units.") Optional<Units> units,
            @Arg(value = "Whether there is to be such a job; absent removes all that run just this.", fallback = "present") Presence state,
            @Arg(value = "Adds none where there is one.", fallback = "no") boolean unique) {}

    /** The jobs that run it; the script, where a file has it. */
    public record State(AtFact fact, Optional<List<String>> jobs, Optional<String> obstacle) {}

    @Override
    public String name() {
        return "at";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        if (args.scriptFile().isPresent() && args.command().isEmpty()) {
            return TextEdit.of(args.scriptFile().get()).then(file -> {
                Optional<String> obstacle = file.exists()
                        ? Optional.empty()
                        : Optional.of("Tried to read " + file.path() + ", but "
                                + file.obstacle().orElse("there is no such file on the node") + ".");
                return jobs(file.text(), obstacle);
            });
        }
        return jobs(args.command().orElse(""), Optional.empty());
    }

    private static Inquiry<State> jobs(String lines, Optional<String> obstacle) {
        var fact = new AtFact(lines);
        return Inquiry.of(fact).map(jobs -> new State(fact, jobs, obstacle));
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.command().isPresent() == args.scriptFile().isPresent()) {
            return new Plan.Refused(args.command().isPresent()
                    ? "parameters are mutually exclusive: command|script_file"
                    : "one of the following is required: command, script_file");
        }
        boolean present = args.state() == Presence.PRESENT;
        if (present && (args.count().isEmpty() || args.units().isEmpty())) {
            return Plan.mistake("state is present but all of the following are missing: count, units");
        }
        if (actual.jobs.isEmpty()) {
            return new Plan.Refused(new CommandFact("at").sentence("have a command run later", "at"));
        }
        if (actual.obstacle.isPresent()) {
            return new Plan.Refused(actual.obstacle.get());
        }
        List<String> jobs = actual.jobs.get();
        String text = actual.fact.lines().strip() + "\n";
        if (!present) {
            return jobs.isEmpty()
                    ? Plan.NOTHING
                    : Plan.of(new Change("at", Diff.text("at", text, ""),
                            List.of(new Action.Run(Sh.of("atrm {}", jobs))),
                            List.of(Effect.becomes(actual.fact, Optional.of(List.of())))));
        }
        if (args.unique() && !jobs.isEmpty()) {
            return Plan.NOTHING;
        }
        Sh run = Sh.of("b_e=$(at now + {} {} 2>&1) || { printf '%s\\n' \"$b_e\" >&2; false; }",
                args.count().get(), units(args));
        return Plan.of(new Change("at", Diff.text("at", "", text),
                List.of(new Action.Run(run, Content.text(text))),
                List.of(Effect.becomes(actual.fact, Optional.of(List.of("new"))))));
    }

    private static String units(Args args) {
        return args.units().map(units -> units.name().toLowerCase(Locale.ROOT)).orElse("");
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("state", args.state() == Presence.PRESENT ? "present" : "absent", "script_file",
                args.scriptFile().orElse(null), "count", args.count().orElse(null), "units",
                args.units().isPresent() ? units(args) : null);
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
