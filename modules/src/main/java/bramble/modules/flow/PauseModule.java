package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** {@code pause}: waits for a while, or for the person at the terminal. */
@AutoService(AnyModule.class)
public final class PauseModule implements Conversation<PauseModule.Args> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS",
            Locale.ROOT);

    /** The arguments of {@code pause}. */
    @Doc(value = "Waits for a while, or until someone at the terminal answers.", once = true, example = """
            - name: Let things settle
              pause:
                seconds: 1
            """, returns = {"user_input: str: what was typed", "start: str: when it began", "stop: str: when it ended",
        "delta: int: seconds, or minutes if minutes was given", "stdout: str: a sentence about it",
        "echo: bool: as given"})
    public record Args(@Arg("How long, in minutes.") Optional<Double> minutes,
            @Arg("How long, in seconds.") Optional<Double> seconds,
            @Arg("What is asked.") Optional<String> prompt,
            @Arg(value = "Whether what is typed can be seen.", fallback = "true") boolean echo) {
        public Args {
            if (minutes.isPresent() && seconds.isPresent()) {
                throw new IllegalArgumentException("parameters are mutually exclusive: minutes|seconds");
            }
        }

        Optional<Duration> time() {
            Optional<Double> all = seconds.or(() -> minutes.map(count -> count * 60));
            return all.map(count -> Duration.ofMillis(Math.round(Math.max(1, count) * 1000)));
        }
    }

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        Instant start = Instant.now();
        String typed = "";
        if (args.time().isEmpty()) {
            typed = talk.controller().prompt(
                    args.prompt().map(text -> text + ":").orElse("Press enter to continue, Ctrl+C to interrupt:"),
                    args.echo());
        } else if (!talk.controller().dryRun()) { // nothing happens in a dry run that time could settle
            talk.controller().sleep(args.time().get(), args.prompt().orElse("pause"));
        }
        Instant stop = Instant.now();
        Duration took = Duration.between(start, stop);
        boolean minutes = args.minutes().isPresent() || (args.time().isEmpty() && took.toSeconds() >= 60);
        double amount = took.toMillis() / (minutes ? 60_000.0 : 1000.0);
        double rounded = Math.round(amount * 100) / 100.0;
        return Result.ok(MapValue.of("user_input", typed, "start", time(start), "stop", time(stop), "delta",
                minutes ? took.toMinutes() : took.toSeconds(), "echo", args.echo(), "rc", 0, "stderr", "", "stdout",
                "Paused for " + rounded + (minutes ? " minutes" : " seconds")));
    }

    private static String time(Instant at) {
        return TIME.format(at.atZone(ZoneId.systemDefault()));
    }
}
