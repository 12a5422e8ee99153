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
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.TaskModule;
import bramble.module.Verdict;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code sysctl}: the kernel's settings. */
@AutoService(AnyModule.class)
public final class SysctlModule implements TaskModule<SysctlModule.Args, SysctlModule.State> {
    /** Whether the setting is to be in the file. */
    public enum Wanted {
        PRESENT,
        ABSENT
    }

    @Doc(value = "Keeps settings of the kernel in a file, and sets them.", collection = "ansible.posix", example = """
            - name: Let the node forward packets
              ansible.posix.sysctl:
                name: net.ipv4.ip_forward
                value: "1"
                sysctl_set: true
                sysctl_file: /etc/sysctl.d/60-forward.conf
            """)
    public record Args(@Arg(value = "The setting, with dots.", aliases = "key") String name,
            @Arg(value = "Its value.", aliases = "val") Optional<String> value,
            @Arg(value = "Whether it is to be in the file.", fallback = "present") Wanted state,
            @Arg(value = "The file.", name = "sysctl_file", fallback = "/etc/sysctl.conf") String sysctlFile,
            @Arg(value = "Has the kernel take over the whole file when it has changed.", fallback = "yes") boolean reload,
            @Arg(value = "Sets it in the running kernel too, where it differs.", name = "sysctl_set", fallback = "no") boolean sysctlSet,
            @Arg(value = "Doesn't fail where the kernel has no such setting.", fallback = "no") boolean ignoreerrors) {}

    /** The file, and the kernel's value where it matters. */
    public record State(TextEdit file, Maybe<Optional<String>> kernel) {}

    @Override
    public String name() {
        return "sysctl";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return TextEdit.of(args.sysctlFile()).and(Inquiry.maybe(new SysctlFact(args.name())), State::new);
    }

    /** As the kernel's values are compared. */
    private static String value(Args args) {
        return SysctlFact.normal(written(args));
    }

    /** As it stands in the file. */
    private static String written(Args args) {
        String value = args.value().orElse("").strip();
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on", "y", "t" -> "1";
            case "no", "false", "off", "n", "f" -> "0";
            default -> value;
        };
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (args.state() == Wanted.PRESENT && args.value().isEmpty()) {
            return Plan.mistake("state is present but all of the following are missing: value");
        }
        if (args.name().isBlank()) {
            return new Plan.Refused("name cannot be blank");
        }
        Optional<String> obstacle = actual.file.obstacle();
        if (obstacle.isPresent()) {
            return new Plan.Refused("Tried to write " + args.sysctlFile() + ", but " + obstacle.get());
        }
        var changes = new ArrayList<Change>();
        String text = edited(args, actual.file);
        List<Change> file = text.isEmpty() && !actual.file.exists() ? List.of() : actual.file.to(text);
        changes.addAll(file);
        String ignoring = args.ignoreerrors() ? " -e" : "";
        Effect set = Effect.becomes(new SysctlFact(args.name()), Optional.of(value(args)));
        boolean reloads = !file.isEmpty() && args.reload();
        if (args.state() == Wanted.PRESENT && args.sysctlSet()) {
            Optional<String> now = actual.kernel.get();
            if (now.isEmpty() && !args.ignoreerrors()) {
                return new Plan.Refused("setting " + args.name() + " failed: the node's kernel has no such setting");
            }
            if (now.isPresent() && !now.get().equals(value(args))) {
                changes.add(new Change(args.name(),
                        Diff.text(args.name(), args.name() + " = " + now.get() + "\n",
                                args.name() + " = " + value(args) + "\n"),
                        List.of(new Action.Run(Sh.of("sysctl{} -w {} >/dev/null", Sh.raw(ignoring),
                                args.name() + "=" + value(args)))),
                        List.of(set)));
            }
        }
        if (reloads) {
            Change last = changes.getFirst();
            var actions = new ArrayList<>(last.actions());
            actions.add(new Action.Run(Sh.of("sysctl{} -p {} >/dev/null", Sh.raw(ignoring), args.sysctlFile())));
            var effects = new ArrayList<>(last.effects());
            if (args.state() == Wanted.PRESENT) {
                effects.add(set);
            }
            changes.set(0, new Change(last.subject(), last.diff(), actions, effects));
        }
        return Plan.of(changes);
    }

    /** The file's text with the setting in it once, or not at all. */
    private static String edited(Args args, TextEdit file) {
        var lines = new ArrayList<String>();
        boolean there = false;
        for (String line : file.text().lines().toList()) {
            String bare = line.strip();
            int equals = bare.indexOf('=');
            boolean comment = bare.startsWith("#") || bare.startsWith(";") || equals < 0;
            String name = comment ? "" : bare.substring(0, equals).strip().replaceFirst("^-", "");
            if (comment || !name.equals(args.name())) {
                lines.add(line);
            } else if (args.state() == Wanted.PRESENT && !there) {
                there = true;
                boolean same = SysctlFact.normal(bare.substring(equals + 1)).equals(value(args));
                lines.add(same ? line : args.name() + "=" + written(args));
            }
        }
        if (args.state() == Wanted.PRESENT && !there) {
            lines.add(args.name() + "=" + written(args));
        }
        boolean same = lines.equals(file.text().lines().toList());
        return same ? file.text() : lines.stream().map(line -> line + "\n").reduce("", String::concat);
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent() && !args.ignoreerrors()
                ? Verdict.failed("Failed to reload sysctl: " + failed.get().errors().strip(), MapValue.EMPTY)
                : Verdict.changed(!applied.changes().isEmpty(), MapValue.EMPTY);
    }
}
