package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.shell.NoShellException;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code wait_for_connection}: waits until a node can be reached and runs a shell. */
@AutoService(AnyModule.class)
public final class WaitForConnectionModule implements Conversation<WaitForConnectionModule.Args> {

    /** The arguments of {@code wait_for_connection}. */
    @Doc(value = "Waits until the node can be reached and runs a shell.", example = """
            - name: Wait for the node
              wait_for_connection:
                timeout: 60
            """, returns = "elapsed: int: seconds that it took")
    public record Args(@Arg(value = "Seconds that one try may take.", fallback = "5") int connectTimeout,
            @Arg(value = "Seconds before the first try.", fallback = "0") int delay,
            @Arg(value = "Seconds between tries.", fallback = "1") int sleep,
            @Arg(value = "Seconds after which it fails.", fallback = "600") int timeout) {}

    @Override
    public String name() {
        return "wait_for_connection";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        Instant start = Instant.now();
        if (talk.controller().dryRun()) {
            return attempt(talk, args, false).map(why -> Result.undetermined("the node does not answer yet: " + why))
                    .orElseGet(() -> Result.ok(MapValue.of("elapsed", 0)));
        }
        if (args.delay() > 0) {
            talk.controller().sleep(Duration.ofSeconds(args.delay()), "before the first try");
        }
        Instant end = start.plusSeconds(args.timeout());
        String said = "the node does not answer yet";
        while (true) {
            Optional<String> problem = attempt(talk, args, true);
            long elapsed = Duration.between(start, Instant.now()).toSeconds();
            if (problem.isEmpty()) {
                return Result.ok(MapValue.of("elapsed", elapsed));
            }
            Duration left = Duration.between(Instant.now(), end);
            if (!left.isPositive()) {
                return Result.failed("timed out waiting for ping module test: " + problem.get(),
                        MapValue.of("elapsed", elapsed));
            }
            Duration sleep = Duration.ofSeconds(Math.max(1, args.sleep()));
            talk.controller().sleep(sleep.compareTo(left) < 0 ? sleep : left, said);
            said = "";
        }
    }

    /** Why the node doesn't answer; empty if it does. */
    private static Optional<String> attempt(Talk talk, Args args, boolean anew) {
        try {
            if (anew) {
                talk.node().reconnect(Duration.ofSeconds(args.connectTimeout()));
            }
            talk.node().run(new Action.Run(Sh.raw(":")));
            return Optional.empty();
        } catch (NoShellException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
