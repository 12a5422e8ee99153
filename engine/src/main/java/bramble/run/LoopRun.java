package bramble.run;

import bramble.event.Event;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.Change;
import bramble.playbook.Loop;
import bramble.playbook.Task;
import bramble.problem.ProblemException;
import bramble.template.UndefinedException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.TupleValue;
import bramble.value.Undefined;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** A task with a loop: item after item, or all of them together where none looks at what another one gave. */
final class LoopRun {
    private final HostTask one;
    private final Loop loop;
    private final World world;
    private final Task task;
    private final TaskInfo info;
    private final HostScope scope;
    private final LoopSource source;
    private final OneRound round;
    private final Conditions conditions;
    private final TaskTrouble trouble;

    LoopRun(HostTask one, Loop loop) {
        this.one = one;
        this.loop = loop;
        this.world = one.world();
        this.task = one.task();
        this.info = one.info();
        this.scope = one.scope();
        this.source = new LoopSource(one);
        this.round = new OneRound(one);
        this.conditions = new Conditions(one);
        this.trouble = new TaskTrouble(task);
    }

    TaskEnd perform() throws InterruptedException {
        Value over;
        try {
            over = source.over(loop);
        } catch (UndefinedException e) {
            // a condition that doesn't hold anyway makes the loop's source irrelevant
            Conditions.Held when = conditions.quietly(scope);
            return when.truth().isFalse() ? TaskEnd.skipped(when.failing()) : trouble.loop(e);
        } catch (ProblemException e) {
            return trouble.loop(e);
        } catch (UnknownValueException e) {
            return round.unknown(scope, String.valueOf(e.getMessage()));
        }
        return switch (over) {
            case Unknown(String why) -> round.unknown(scope, why);
            case ListValue list -> items(list.items());
            case TupleValue(List<Value> items) -> items(items);
            case Undefined undefined -> TaskEnd.failed(undefined.what());
            default -> TaskEnd.failed("Invalid data passed to 'loop', it requires a list, got this instead: "
                    + PythonText.of(over) + ". Hint: If you passed a list/dict of just one element, try adding "
                    + "wantlist=True to your lookup invocation or use q/query instead of lookup.");
        };
    }

    /** One round of the loop. */
    private record Round(HostScope scope, MapValue variables, Value item) {}

    private TaskEnd items(List<Value> items) throws InterruptedException {
        if (items.isEmpty()) {
            return new TaskEnd(Outcome.SKIPPED, MapValue.of("changed", false, "results", List.of(), "skipped", true,
                    "skipped_reason", "No items in the list"));
        }
        var rounds = new ArrayList<Round>();
        for (int i = 0; i < items.size(); i++) {
            MapValue variables = LoopVariables.of(loop.control(), items, i, scope, world.templates);
            rounds.add(new Round(scope.with(variables), variables, items.get(i)));
        }
        double pause = loop.control().pause().map(setting -> one.number(setting, scope)).orElse(0.0);
        return pause == 0 && source.together() ? batch(rounds) : oneByOne(rounds, pause);
    }

    private TaskEnd oneByOne(List<Round> rounds, double pause) throws InterruptedException {
        var ends = new ArrayList<TaskEnd>();
        for (Round item : rounds) {
            if (!ends.isEmpty() && pause > 0) {
                one.turn().aside(() -> Thread.sleep(Duration.ofMillis((long) (pause * 1000))));
            }
            Turn.Timer timer = one.turn().timer();
            OneRound.Prepared prepared = round.prepare(item.scope);
            if (prepared instanceof OneRound.Prepared.Broken(TaskEnd end)) {
                return end;
            }
            TaskEnd end = told(item, round.perform(prepared, item.scope, item.variables), timer.started(),
                    timer.took());
            ends.add(end);
            if (end.outcome() == Outcome.UNREACHABLE || broken(item, end)) {
                break;
            }
        }
        return combined(ends);
    }

    /** Tells how an item ended. Its label may be made of what it gave; if it can't be, that is its failure. */
    private TaskEnd told(Round item, TaskEnd end, Instant started, Duration took) {
        TaskEnd last = end;
        String label;
        try {
            label = source.label(loop.control(), item.item, conditions.registering(item.scope, end));
        } catch (ProblemException e) {
            label = source.shown(item.item);
            if (end.outcome() != Outcome.UNREACHABLE) {
                last = end.with(Outcome.FAILED, end.result().with("failed", true).with("changed", false)
                        .with("msg", "Failed to template loop_control.label: " + e.summary()));
            }
        }
        world.events.tell(new Event.ItemEnded(Instant.now(), info, new Shown(one).of(last, Optional.of(label),
                started, took, conditions.ignored(last), false)));
        return last;
    }

    private boolean broken(Round item, TaskEnd end) {
        return loop.control().breakWhen().map(setting -> world.templates
                .condition(setting.value(), setting.source(), conditions.registering(item.scope, end)).isTrue())
                .orElse(false);
    }

    /** All items at once: each is said to have taken its share of the time. */
    private TaskEnd batch(List<Round> rounds) throws InterruptedException {
        Turn.Timer timer = one.turn().timer();
        var ends = new ArrayList<TaskEnd>();
        var ready = new LinkedHashMap<Integer, OneRound.Prepared.Ready>();
        Optional<TaskEnd> broken = Optional.empty();
        for (int i = 0; i < rounds.size() && broken.isEmpty(); i++) {
            switch (round.prepare(rounds.get(i).scope)) {
                case OneRound.Prepared.Ended(TaskEnd end) -> ends.add(end);
                case OneRound.Prepared.Broken(TaskEnd end) -> broken = Optional.of(end);
                case OneRound.Prepared.Ready item -> {
                    ready.put(i, item);
                    ends.add(TaskEnd.failed(""));
                }
            }
        }
        List<Integer> indices = List.copyOf(ready.keySet());
        List<TaskEnd> raw = ready.isEmpty() ? List.of() : new Invocation(one).together(List.copyOf(ready.values()));
        for (int i = 0; i < indices.size(); i++) {
            int index = indices.get(i);
            ends.set(index, conditions.judged(rounds.get(index).scope, raw.get(i)));
        }
        Duration share = timer.took().dividedBy(Math.max(1, indices.size()));
        var all = new ArrayList<TaskEnd>();
        for (int i = 0; i < ends.size(); i++) {
            TaskEnd done = OneRound.itemised(ends.get(i), rounds.get(i).variables);
            new Consequences(one).of(done, rounds.get(i).scope);
            TaskEnd end = told(rounds.get(i), done, timer.started(), ready.containsKey(i) ? share : Duration.ZERO);
            all.add(end);
            if (end.outcome() == Outcome.UNREACHABLE) {
                return combined(all);
            }
        }
        return broken.orElseGet(() -> combined(all));
    }

    private TaskEnd combined(List<TaskEnd> ends) {
        var results = new ArrayList<Value>();
        var changes = new ArrayList<Change>();
        var outcome = Outcome.SKIPPED;
        for (TaskEnd end : ends) {
            results.add(end.registered());
            changes.addAll(end.changes());
            outcome = worse(outcome, conditions.ignored(end) ? Outcome.OK : end.outcome());
        }
        boolean anyFailed = ends.stream().anyMatch(end -> end.outcome() == Outcome.FAILED);
        boolean changed = ends.stream().anyMatch(LoopRun::changed);
        MapValue result = MapValue.of("changed", changed, "msg",
                anyFailed
                        ? "One or more items failed"
                        : outcome == Outcome.SKIPPED ? "All items skipped" : "All items completed",
                "results", new ListValue(results), "skipped", outcome == Outcome.SKIPPED);
        if (anyFailed) {
            result = result.with("failed", true);
            outcome = Outcome.FAILED;
        }
        return new TaskEnd(outcome, result, Optional.empty(), changes, List.of(), ends.getFirst().delegate());
    }

    /** Also what failed may have changed something before. */
    private static boolean changed(TaskEnd end) {
        return end.changed() || (end.outcome() == Outcome.FAILED
                && end.result().get("changed").map(Value.of(true)::equals).orElse(false));
    }

    private static Outcome worse(Outcome a, Outcome b) {
        List<Outcome> order = List.of(Outcome.SKIPPED, Outcome.OK, Outcome.CHANGED, Outcome.WOULD_CHANGE,
                Outcome.UNDETERMINED, Outcome.FAILED, Outcome.UNREACHABLE);
        return order.indexOf(a) >= order.indexOf(b) ? a : b;
    }
}
