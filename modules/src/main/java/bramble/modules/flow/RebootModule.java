package bramble.modules.flow;

import bramble.args.Arg;
import bramble.args.Doc;
import bramble.module.Action;
import bramble.module.AnyModule;
import bramble.module.Conversation;
import bramble.module.Result;
import bramble.module.Talk;
import bramble.shell.Answer;
import bramble.shell.NoShellException;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code reboot}: restarts a node, and waits until it has come back. */
@AutoService(AnyModule.class)
public final class RebootModule implements Conversation<RebootModule.Args> {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration TRY = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** The arguments of {@code reboot}. */
    @Doc(value = "Restarts the node, and waits until it has come back: its boot id is another one.", example = """
            - name: Restart after a new kernel
              reboot:
                msg: New kernel
                reboot_timeout: 300
            """, oneByOne = true, neverSettles = "it restarts the node each time", returns = {
        "rebooted: bool: whether it was restarted",
        "elapsed: int: seconds that it took"})
    public record Args(
            @Arg(value = "Seconds before it begins; shutdown takes whole minutes.", fallback = "0", aliases = "pre_reboot_delay_sec") int preRebootDelay,
            @Arg(value = "Seconds between its return and the first look at it.", fallback = "0", aliases = "post_reboot_delay_sec") int postRebootDelay,
            @Arg(value = "Seconds that it may take to come back, and then to pass the test.", fallback = "600", aliases = "reboot_timeout_sec") int rebootTimeout,
            @Arg(value = "Seconds that one try to connect may take.", aliases = "connect_timeout_sec") Optional<Integer> connectTimeout,
            @Arg("A command that succeeds when the node is ready; without it, the node is ready when a shell runs.") Optional<String> testCommand,
            @Arg(value = "What its users are told.", fallback = "Reboot initiated by Ansible") String msg,
            @Arg(value = "Where shutdown, or else reboot, is looked for.", fallback = "[/sbin, /bin, /usr/sbin, /usr/bin, /usr/local/sbin]") List<String> searchPaths,
            @Arg(value = "A command whose output differs after a restart.", fallback = "cat /proc/sys/kernel/random/boot_id") String bootTimeCommand,
            @Arg("The command that restarts it, if shutdown is not to be used.") Optional<String> rebootCommand) {

        Duration oneTry() {
            return connectTimeout.map(Duration::ofSeconds).orElse(TRY);
        }
    }

    @Override
    public String name() {
        return "reboot";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Result hold(Args args, Talk talk) throws InterruptedException {
        if (isController(talk)) {
            return failed("Running reboot with local connection would reboot the control node.", 0, false);
        }
        if (talk.controller().dryRun()) {
            return Result.changed(MapValue.of("rebooted", true, "elapsed", 0));
        }
        Instant start = Instant.now();
        Answer before = ask(talk, Sh.raw(args.bootTimeCommand()));
        if (!before.ok()) {
            return failed(args.bootTimeCommand() + ": failed to get host boot time info, rc: " + before.status()
                    + ", stdout: " + before.text() + ", stderr: " + before.errors(), 0, false);
        }
        Optional<Answer> refused = restart(args, talk);
        if (refused.isPresent()) {
            return failed("Reboot command failed. Error was: '" + refused.get().text().strip() + ", "
                    + refused.get().errors().strip() + "'", elapsed(start), false);
        }
        Duration first = Duration.ofSeconds(args.preRebootDelay() / 60 * 60L).plusSeconds(args.postRebootDelay());
        if (!first.isZero()) {
            talk.controller().sleep(first, "the node restarts");
        }
        String old = before.text().strip();
        Optional<String> absent = await(args, talk, "the node restarts", () -> {
            Answer now = ask(talk, Sh.raw(args.bootTimeCommand()));
            return now.ok() && !now.text().strip().equals(old)
                    ? Optional.empty()
                    : Optional.of("it has not restarted yet");
        });
        if (absent.isPresent()) {
            return failed("Timed out waiting for last boot time check (timeout=" + args.rebootTimeout() + "): "
                    + absent.get(), elapsed(start), true);
        }
        Optional<String> unfit = await(args, talk, "the node gets ready", () -> {
            Answer test = ask(talk, Sh.raw(args.testCommand().orElse(":")));
            return test.ok() ? Optional.empty() : Optional.of("the test command ended with " + test.status());
        });
        if (unfit.isPresent()) {
            return failed("Timed out waiting for post-reboot test command (timeout=" + args.rebootTimeout() + "): "
                    + unfit.get(), elapsed(start), true);
        }
        return Result.changed(MapValue.of("rebooted", true, "elapsed", elapsed(start)));
    }

    /** Whether the node runs on the controller's own kernel. */
    private static boolean isController(Talk talk) {
        try {
            String own = Files.readString(BOOT_ID).strip();
            return ask(talk, Sh.of("cat {}", BOOT_ID)).text().strip().equals(own);
        } catch (IOException _) {
            return false; // a controller that has no such file is another system than the node
        }
    }

    private static long elapsed(Instant start) {
        return Duration.between(start, Instant.now()).toSeconds();
    }

    private static Result failed(String why, long elapsed, boolean rebooted) {
        return Result.failed(why, MapValue.of("rebooted", rebooted, "elapsed", elapsed));
    }

    private static Answer ask(Talk talk, Sh script) {
        return talk.node().run(new Action.Run(script));
    }

    /** What the command said, if it failed. That the connection breaks meanwhile is what it is for. */
    private static Optional<Answer> restart(Args args, Talk talk) {
        Sh command = args.rebootCommand().map(Sh::raw).orElseGet(() -> Sh.of("""
                for d in {}; do
                  [ -x "$d/shutdown" ] && exec "$d/shutdown" -r +{} {}
                done
                for d in {}; do
                  [ -x "$d/reboot" ] && sleep {} && exec "$d/reboot"
                done
                echo {} >&2; exit 127""", args.searchPaths(), args.preRebootDelay() / 60, args.msg(),
                args.searchPaths(), args.preRebootDelay(), "there is neither shutdown nor reboot in "
                        + String.join(", ", args.searchPaths())));
        try {
            Answer answer = ask(talk, command);
            return answer.status() > 0 && answer.status() < 128 ? Optional.of(answer) : Optional.empty();
        } catch (NoShellException _) {
            return Optional.empty();
        }
    }

    /** One look at the node: what is still missing. */
    private interface Look {
        Optional<String> missing();
    }

    /** What was still missing when the time was up. */
    private static Optional<String> await(Args args, Talk talk, String what, Look look) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(args.rebootTimeout());
        String said = what;
        while (true) {
            String missing;
            try {
                talk.node().reconnect(args.oneTry());
                Optional<String> found = look.missing();
                if (found.isEmpty()) {
                    return found;
                }
                missing = found.get();
            } catch (NoShellException e) {
                missing = String.valueOf(e.getMessage());
            }
            if (Instant.now().isAfter(end)) {
                return Optional.of(missing);
            }
            talk.controller().sleep(BETWEEN, said);
            said = "";
        }
    }
}
