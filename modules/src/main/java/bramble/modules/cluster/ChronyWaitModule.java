package bramble.modules.cluster;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import bramble.value.PythonText;
import com.google.auto.service.AutoService;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code chrony_wait}: waits until a node has the right time. */
@AutoService(AnyModule.class)
public final class ChronyWaitModule implements Conversation<ChronyWaitModule.Args> {
    private static final CommandFact TOOL = new CommandFact("chronyc");
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Pattern TRY = Pattern.compile("refid: (\\w+), correction: ([0-9.]+), skew: ([0-9.]+)");
    private static final String NOBODY = "00000000";
    private static final String ITSELF = "7F7F0101";

    /** The arguments of {@code chrony_wait}. */
    @Doc(value = "Waits until chronyd follows a clock: a server's, or one of the node's own. The time that it gives by itself, by local_stratum, doesn't count. Ansible has no such module.", collection = "bramble.builtin", example = """
            - name: Wait for the right time
              chrony_wait:
                timeout: 120
                max_correction: 0.1
            """, returns = {
        "elapsed: int: seconds that it took",
        "refid: str: what it follows, as chronyc writes it", "correction: float: seconds by which the clock is off"})
    public record Args(@Arg(value = "Seconds after which it fails.", fallback = "60") int timeout,
            @Arg(value = "By how many seconds the clock may still be off; 0 for any.", fallback = "0") double maxCorrection,
            @Arg(value = "How uncertain its rate may be, in parts per million; 0 for any.", fallback = "0") double maxSkew) {}

    @Override
    public String name() {
        return "chrony_wait";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        boolean dry = talk.controller().dryRun();
        Maybe<Optional<String>> tool = talk.node().ask(Inquiry.maybe(TOOL));
        Optional<String> lacking = TOOL.lacking(tool, "wait for the right time", "chrony");
        if (lacking.isPresent()) {
            return Result.failed(lacking.get(), MapValue.EMPTY);
        }
        if (tool instanceof Maybe.NotKnown<Optional<String>>(String why)) {
            return Result.undetermined("it would wait for the right time: " + why);
        }
        Instant start = Instant.now();
        Instant end = start.plusSeconds(args.timeout());
        String said = "";
        while (true) {
            Answer answer = talk.node().run(new Action.Run(Sh.of("chronyc -n waitsync 1 {} {} </dev/null 2>&1",
                    PythonText.real(args.maxCorrection()), PythonText.real(args.maxSkew()))));
            Matcher told = TRY.matcher(answer.text());
            boolean known = told.find();
            if (answer.ok() && known) {
                return Result.ok(MapValue.of("elapsed", elapsed(start), "refid", told.group(1), "correction",
                        Double.parseDouble(told.group(2))));
            }
            String why = known ? why(told) : "chronyd doesn't answer: " + answer.text().strip();
            if (dry) {
                return Result.undetermined("it would wait: " + why);
            }
            Duration left = Duration.between(Instant.now(), end);
            if (!left.isPositive()) {
                return Result.failed("Tried for " + args.timeout() + " seconds to get the right time, but " + why
                        + ". `chronyc sources` on the node shows whom it asks.",
                        MapValue.of("elapsed", elapsed(start)));
            }
            talk.controller().sleep(BETWEEN.compareTo(left) < 0 ? BETWEEN : left, why.equals(said) ? "" : why);
            said = why;
        }
    }

    private static String why(Matcher told) {
        return switch (told.group(1)) {
            case NOBODY -> "chronyd follows no clock yet";
            case ITSELF -> "chronyd only gives its own time";
            default -> "the clock is off by " + told.group(2) + " seconds, and its rate uncertain by " + told.group(3)
                    + " parts per million";
        };
    }

    private static long elapsed(Instant start) {
        return Duration.between(start, Instant.now()).toSeconds();
    }
}
