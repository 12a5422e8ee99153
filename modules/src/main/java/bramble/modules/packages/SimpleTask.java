package bramble.modules.packages;

import bramble.module.Action;
import bramble.module.Applied;
import bramble.module.Change;
import bramble.module.Diff;
import bramble.module.Effect;
import bramble.module.Inquiry;
import bramble.module.Maybe;
import bramble.module.Plan;
import bramble.module.Platform;
import bramble.module.Verdict;
import bramble.modules.files.CommandFact;
import bramble.shell.Answer;
import bramble.shell.Sh;
import bramble.value.MapValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code apk} and {@code opkg} have in common: packages by their names, and what is to be true of them.
 *
 * @param update what fetches the package lists first, if they are to be
 * @param upgrade what upgrades all packages, if they are to be
 * @param add the words before the packages that come
 * @param remove the words before those that go
 */
record SimpleTask(Platform.Packages tool, String command, List<String> names, Goal goal, Optional<Sh> update,
        Optional<Sh> upgrade, Sh add, Sh remove) {
    SimpleTask {
        names = names.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    /** What is to be true of the packages. */
    enum Goal {
        PRESENT,
        ABSENT,
        LATEST
    }

    /** Whether the command is there, and which packages are. */
    record State(Maybe<Optional<String>> command, SimplePackages.Found found) {}

    private SimplePackages fact() {
        return new SimplePackages(tool, names, goal == Goal.LATEST);
    }

    Inquiry<State> inspect() {
        var found = names.isEmpty()
                ? Inquiry.nothing(new SimplePackages.Found(Set.of(), Set.of()))
                : Inquiry.of(fact());
        return Inquiry.maybe(new CommandFact(command)).and(found, State::new);
    }

    Plan plan(State actual, String systems) {
        if (actual.command.orElse(Optional.of("")).isEmpty()) {
            return new Plan.Refused("Tried to use " + command + ", but the node has none; " + systems
                    + " have it. The module package finds the right tool by itself.");
        }
        var changes = new ArrayList<Change>();
        update.ifPresent(sh -> changes.add(new Change("package lists", Diff.NONE, List.of(new Action.Run(sh)),
                List.of())));
        upgrade.ifPresent(sh -> changes.add(new Change("all packages", Diff.NONE, List.of(new Action.Run(sh)),
                List.of(Effect.unbounded("all packages would be upgraded")))));
        boolean gone = goal == Goal.ABSENT;
        List<String> due = names.stream().filter(name -> gone
                ? actual.found.installed().contains(name)
                : !actual.found.installed().contains(name) || actual.found.upgradable().contains(name)).toList();
        if (!due.isEmpty()) {
            var after = new HashSet<>(actual.found.installed());
            if (gone) {
                due.forEach(after::remove);
            } else {
                after.addAll(due);
            }
            var effects = new ArrayList<Effect>();
            effects.add(Effect.becomes(new SimplePackages(tool, due, false),
                    new SimplePackages.Found(gone ? Set.of() : Set.copyOf(due), Set.of())));
            if (!gone) {
                effects.add(Arrival.of(due));
            }
            changes.add(new Change(String.join(" ", due),
                    Diff.text("packages", lines(actual.found.installed()), lines(after)),
                    List.of(new Action.Run(Sh.of("{} {}", gone ? remove : add, due))), effects));
        }
        return Plan.of(changes);
    }

    private static String lines(Set<String> names) {
        return names.stream().sorted().map(name -> name + "\n").reduce("", String::concat);
    }

    Verdict judge(Applied<State> applied) {
        boolean changed = applied.changes().stream().anyMatch(change -> !change.effects().isEmpty());
        List<String> packages = applied.changes().stream()
                .filter(change -> !change.diff().equals(Diff.NONE)).map(Change::subject).toList();
        if (applied.answers().isEmpty()) {
            return Verdict.changed(changed, packages.isEmpty()
                    ? said(packages)
                    : said(packages).with("packages", packages.stream()
                            .flatMap(names -> List.of(names.split(" ", -1)).stream()).toList()));
        }
        Answer last = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst()
                .orElse(applied.answers().getLast());
        MapValue results = MapValue.of("stdout", last.text(), "stderr", last.errors(), "packages",
                packages.stream().flatMap(names -> List.of(names.split(" ", -1)).stream()).toList());
        boolean idle = newestAlready(last.text());
        return last.status() > 0
                ? Verdict.failed((last.errors().isBlank() ? last.text() : last.errors()).strip(),
                        results.with("rc", last.status()).with("packages", List.of()))
                : Verdict.changed(changed && !idle, results.with(upgrade.isPresent() && names.isEmpty()
                        && tool == Platform.Packages.APK
                                ? MapValue.of("msg", idle ? "packages already upgraded" : "upgraded packages")
                                : said(packages)));
    }

    /** How Ansible's opkg and apk say what was done. */
    private MapValue said(List<String> changed) {
        boolean gone = goal == Goal.ABSENT;
        String done = gone ? "removed " : "installed ";
        List<String> all = changed.stream().flatMap(some -> List.of(some.split(" ", -1)).stream()).toList();
        String msg = switch (tool) {
            case OPKG -> names.isEmpty()
                    ? ""
                    : all.isEmpty()
                            ? "package(s) already " + (gone ? "absent" : "present")
                            : done + all.size() + " package(s)";
            case APK -> names.isEmpty()
                    ? update.isPresent() && upgrade.isEmpty() ? "updated repository indexes" : ""
                    : all.isEmpty()
                            ? "package(s) already " + done.strip()
                            : done + String.join(" ", all) + " package(s)";
            case APT, DNF, NONE -> "";
        };
        return msg.isEmpty() ? MapValue.EMPTY : MapValue.of("msg", msg);
    }

    /** Whether apk's upgrade, each step of which is a line like {@code (1/2) Upgrading ...}, had nothing to do. */
    private boolean newestAlready(String text) {
        return tool == Platform.Packages.APK && names.isEmpty() && upgrade.isPresent()
                && text.lines().noneMatch(line -> line.startsWith("("));
    }
}
