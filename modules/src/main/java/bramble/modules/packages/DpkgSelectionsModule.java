package bramble.modules.packages;

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
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code dpkg_selections}: packages that are to stay as they are. */
@AutoService(AnyModule.class)
public final class DpkgSelectionsModule implements TaskModule<DpkgSelectionsModule.Args, DpkgSelectionsModule.State> {
    /** What is meant to become of a package. */
    public enum Selection {
        INSTALL,
        HOLD,
        DEINSTALL,
        PURGE
    }

    @Doc(value = "Tells dpkg what is meant to become of a package: hold keeps apt from upgrading it.", example = """
            - name: Keep the kernel as it is
              ansible.builtin.dpkg_selections:
                name: raspberrypi-kernel
                selection: hold
            """, returns = {"before: str: what was meant to become of it", "after: str: what is now"})
    public record Args(@Arg("The package.") String name,
            @Arg("What is meant to become of it.") Selection selection) {}

    /** What was meant until now. */
    public record State(boolean dpkg, Optional<String> selection) {}

    @Override
    public String name() {
        return "dpkg_selections";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        return node.has("dpkg")
                ? Inquiry.of(new SelectionFact(args.name())).map(selection -> new State(true, selection))
                : Inquiry.nothing(new State(false, Optional.empty()));
    }

    private static String wanted(Args args) {
        return args.selection().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Plan plan(Args args, State actual) {
        if (!actual.dpkg) {
            return new Plan.Refused(new CommandFact("dpkg").sentence("select " + args.name(),
                    "dpkg, which only Debian and its relatives use,"));
        }
        if (actual.selection.isEmpty()) {
            return new Plan.Refused("Failed to find package '" + args.name() + "' to perform selection '"
                    + wanted(args) + "'.");
        }
        if (actual.selection.get().equals(wanted(args))) {
            return Plan.NOTHING;
        }
        return Plan.of(new Change(args.name(),
                Diff.text(args.name(), actual.selection.get() + "\n", wanted(args) + "\n"),
                List.of(new Action.Run(
                        Sh.of("printf '%s %s\\n' {} {} | dpkg --set-selections", args.name(), wanted(args)))),
                List.of(Effect.becomes(new SelectionFact(args.name()), Optional.of(wanted(args))))));
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        MapValue results = MapValue.of("before", before.selection.orElse(""), "after", wanted(args));
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), results)
                : Verdict.changed(!applied.changes().isEmpty(), results);
    }
}
