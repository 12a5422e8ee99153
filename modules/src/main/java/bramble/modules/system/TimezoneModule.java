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
import bramble.modules.files.Inode;
import bramble.modules.files.Me;
import bramble.modules.files.MeFact;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.modules.files.TextEdit;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import com.google.auto.service.AutoService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code timezone}: the time zone in which the node tells the time. */
@AutoService(AnyModule.class)
public final class TimezoneModule implements TaskModule<TimezoneModule.Args, TimezoneModule.State> {
    private static final String ZONES = "/usr/share/zoneinfo/";

    /** What the clock that runs while the node is off shows. */
    public enum Clock {
        LOCAL,
        UTC;

        /** As playbooks write it. */
        @Override
        public String toString() {
            return this == UTC ? "UTC" : "local";
        }
    }

    @Doc(value = "Sets the node's time zone.", collection = "community.general", example = """
            - name: Tell the time as in Berlin
              community.general.timezone:
                name: Europe/Berlin
            """, returns = {"diff: dict: the time zone before and after"})
    public record Args(@Arg("The zone, as Europe/Berlin or Etc/UTC.") Optional<String> name,
            @Arg(value = "Whether the hardware's clock shows UTC or the local time.", aliases = "rtc") Optional<Clock> hwclock) {}

    /**
     * What matters to a task.
     *
     * @param zone the file that describes the zone asked for; unknown where a package may bring it
     * @param name Debian's /etc/timezone
     * @param clock what /etc/adjtime says, if it was asked for
     */
    public record State(PathState link, Maybe<PathState> zone, TextEdit name, Me me, Optional<TextEdit> clock) {
        /** The zone that is set. */
        String now() {
            String target = link instanceof PathState.Link l ? l.target() : "";
            int at = target.indexOf("zoneinfo/");
            return at >= 0 ? target.substring(at + "zoneinfo/".length()) : name.text().strip();
        }
    }

    @Override
    public String name() {
        return "timezone";
    }

    @Override
    public Class<Args> args() {
        return Args.class;
    }

    @Override
    public Inquiry<State> inspect(Args args, Platform node) {
        var link = new PathFact("/etc/localtime");
        var zone = new PathFact(ZONES + args.name().orElse("UTC"));
        var me = new MeFact();
        Inquiry<Optional<TextEdit>> clock = args.hwclock().isPresent()
                ? TextEdit.of("/etc/adjtime").map(Optional::of)
                : Inquiry.nothing(Optional.empty());
        Inquiry<State> first = Inquiry.<PathState>of(link).and(Inquiry.maybe(zone), Pair::new)
                .and(TextEdit.of("/etc/timezone"), (pair, name) -> new State(pair.link, pair.zone, name, name.me(),
                        Optional.empty()))
                .and(Inquiry.of(me), (state, _) -> state);
        return first.and(clock, (state, edit) -> new State(state.link, state.zone, state.name, state.me, edit));
    }

    private record Pair(PathState link, Maybe<PathState> zone) {}

    @Override
    public Plan plan(Args args, State actual) {
        if (args.name().isEmpty() && args.hwclock().isEmpty()) {
            return Plan.mistake("one of the following is required: hwclock, name");
        }
        var changes = new ArrayList<Change>();
        if (args.name().isPresent()) {
            String zone = args.name().get();
            if (zone.contains("..") || !zone.matches("[A-Za-z0-9_+/-]+")
                    || !(actual.zone.get().followed() instanceof PathState.File)) {
                return new Plan.Refused(
                        "Tried to set the time zone to " + zone + ", but the node has no " + ZONES + zone
                                + ". Is the package tzdata (OpenWrt: zoneinfo-*) installed?");
            }
            changes.addAll(zone(zone, actual));
        }
        if (args.hwclock().isPresent() && actual.clock.isPresent()) {
            String wanted = args.hwclock().get().name();
            TextEdit edit = actual.clock.get();
            var lines = new ArrayList<>(
                    edit.exists() ? edit.text().lines().toList() : List.of("0.0 0 0.0", "0", "UTC"));
            while (lines.size() < 3) {
                lines.add(lines.size() == 2 ? "UTC" : "0");
            }
            if (!lines.get(2).strip().equals(wanted)) {
                lines.set(2, wanted);
                changes.addAll(edit.to(String.join("\n", lines) + "\n"));
            }
        }
        return Plan.of(changes);
    }

    private static List<Change> zone(String zone, State actual) {
        var changes = new ArrayList<Change>();
        String file = ZONES + zone;
        boolean linked = actual.link instanceof PathState.Link link && actual.now().equals(zone)
                && link.target().endsWith("zoneinfo/" + zone);
        boolean named = actual.name.exists();
        if (linked && (!named || actual.name.text().strip().equals(zone))) {
            return changes;
        }
        Sh set = Sh.of("ln -sfn {} /etc/localtime.bramble && mv -f /etc/localtime.bramble /etc/localtime", file);
        PathState destination = actual.zone.get();
        var link = new PathState.Link("/etc/localtime", Inode.made(0777, actual.me, "/etc/localtime"), file,
                destination.followed());
        changes.add(new Change("/etc/localtime",
                Diff.attributes("", MapValue.of("name", actual.now()), MapValue.of("name", zone)),
                linked ? List.of() : List.of(new Action.Run(set)),
                linked ? List.of() : List.of(Effect.becomes(new PathFact("/etc/localtime"), link))));
        if (named) {
            actual.name.to(zone + "\n")
                    .forEach(change -> changes.add(new Change(change.subject(), Diff.NONE, change.actions(),
                            change.effects())));
        }
        return changes;
    }

    @Override
    public Verdict judge(Args args, State before, Applied<State> applied) {
        Optional<Answer> failed = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst();
        return failed.isPresent()
                ? Verdict.failed(failed.get().errors().strip(), MapValue.EMPTY)
                : Verdict.changed(!applied.changes().isEmpty(), MapValue.EMPTY);
    }
}
