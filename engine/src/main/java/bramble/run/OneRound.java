package bramble.run;

import bramble.event.Event;
import bramble.event.Outcome;
import bramble.event.TaskInfo;
import bramble.module.AnyModule;
import bramble.playbook.ActionCall;
import bramble.playbook.Elsewhere;
import bramble.playbook.Keyword;
import bramble.playbook.Setting;
import bramble.playbook.Task;
import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import bramble.template.UndefinedException;
import bramble.value.MapValue;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A task done once, or once for an item of its loop: conditions, arguments, tries, and what follows from the result. */
final class OneRound {
    /** What was looked at before the task began, where it could not fail: what can't be evaluated is told now. */
    private static final List<Keyword> TOLD = List.of(Keyword.RUN_ONCE, Keyword.NO_LOG, Keyword.ANY_ERRORS_FATAL,
            Keyword.THROTTLE);

    private final HostTask one;
    private final World world;
    private final Task task;
    private final TaskInfo info;
    private final Conditions conditions;
    private final Invocation invocation;

    OneRound(HostTask one) {
        this.one = one;
        this.world = one.world();
        this.task = one.task();
        this.info = one.info();
        this.conditions = new Conditions(one);
        this.invocation = new Invocation(one);
    }

    /** A round that is about to be done, or that is over before it began. */
    sealed interface Prepared {
        /** It is over. */
        record Ended(TaskEnd end) implements Prepared {}

        /** What the task says needs something undefined: that ends its loop too. */
        record Broken(TaskEnd end) implements Prepared {}

        /** All that it needs. */
        record Ready(HostScope scope, AnyModule module, MapValue arguments, TaskPlace place,
                Optional<String> delegate) implements Prepared {}
    }

    /** @param item the variables of the loop's item; empty without a loop */
    TaskEnd perform(HostScope at, MapValue item) throws InterruptedException {
        return perform(prepare(at), at, item);
    }

    TaskEnd perform(Prepared prepared, HostScope at, MapValue item) throws InterruptedException {
        TaskEnd end = switch (prepared) {
            case Prepared.Ended(TaskEnd early) -> early;
            case Prepared.Broken(TaskEnd early) -> early;
            case Prepared.Ready ready -> tried(at, ready);
        };
        if (!item.entries().isEmpty()) {
            end = itemised(end, item);
        }
        new Consequences(one).of(end, at);
        return end;
    }

    /** What a round needs, or how it ended before it began. */
    Prepared prepare(HostScope at) throws InterruptedException {
        try {
            Conditions.Held when = conditions.when(at);
            if (when.truth().isFalse()) {
                return new Prepared.Ended(TaskEnd.skipped(when.failing()));
            }
            if (when.truth().isUnknown()) {
                return new Prepared.Ended(foreseen(at, when.truth().why()));
            }
            return ready(at);
        } catch (UnknownValueException e) {
            return new Prepared.Ended(unknown(at, String.valueOf(e.getMessage())));
        } catch (ProblemException e) {
            TaskEnd end = new TaskTrouble(task).problem(e);
            return e instanceof UndefinedException ? new Prepared.Broken(end) : new Prepared.Ended(end);
        }
    }

    private Prepared.Ready ready(HostScope outer) throws InterruptedException {
        HostScope at = outer;
        Keywords keywords = one.keywords(at);
        TOLD.forEach(keywords::value);
        Optional<String> delegate = keywords.text(Keyword.DELEGATE_TO).filter(name -> !name.isBlank());
        if (delegate.isPresent()) {
            at = at.with(MapValue.of("ansible_delegated_vars",
                    MapValue.of(delegate.get(), at.hostvarsOf(delegate.get()))));
        }
        Optional<AnyModule> known = world.module(task.action());
        if (known.isEmpty()) {
            Source there = task.action().source();
            String name = PythonText.of(world.templates.resolve(new Template(task.action().written(), there), at));
            throw new ProblemException(Elsewhere.problem(name, there));
        }
        AnyModule module = known.get();
        TaskPlace place = TaskPlace.of(world, task, at,
                module.twoSided() ? controller(delegate, module, at) : delegate);
        if (module == World.PLUGIN || PythonTask.takes(world, task, module, at, delegate)) {
            return new Prepared.Ready(at, World.PLUGIN, new TaskArguments(one).of(at, Optional.of(module)), place,
                    delegate);
        }
        MapValue arguments = new TaskArguments(one).of(at, Optional.of(module));
        return new Prepared.Ready(at, module, task.action().is(ActionCall.BROUGHT)
                ? BroughtCall.arguments(world, task, at, place, arguments, info.secret())
                : arguments, place, delegate);
    }

    /** Nowhere else than on the task's own host: the other side is this machine. */
    private Optional<String> controller(Optional<String> delegate, AnyModule module, HostScope at) {
        Optional<String> other = delegate.filter(name -> !TaskPlace
                .connection(world, world.delegate(name, at), Optional.empty()).equals("local"));
        if (other.isPresent()) {
            throw new ProblemException(Problem.error(task.source(), "Tried to run " + module.name()
                    + " with delegate_to: " + other.get() + ", but its other side is always this machine.",
                    other.get().equals(one.host())
                            ? "Within one host, copy with remote_src: true does it."
                            : "Bring the files here first: mode: pull in a task for " + other.get() + "."));
        }
        return Optional.empty();
    }

    /** Of a task that may be done: what it would alter, and set, is not known to the tasks behind it. */
    private TaskEnd foreseen(HostScope at, String why) throws InterruptedException {
        TaskEnd end = TaskEnd.undetermined(why);
        try {
            return invocation.foresee(ready(at), why).map(done -> new Consequences(one).doubtful(end, done, at, why))
                    .orElse(end);
        } catch (UnknownValueException | ProblemException e) {
            return end; // it is told if the task is done
        }
    }

    /** Of a task whose arguments, or rounds, aren't known: those behind it, that fail for want of what it does, may have it in earnest. */
    TaskEnd unknown(HostScope at, String why) throws InterruptedException {
        TaskEnd end = TaskEnd.undetermined(why);
        Optional<AnyModule> module = world.module(task.action());
        try {
            Optional<String> delegate = one.keywords(at).text(Keyword.DELEGATE_TO).filter(name -> !name.isBlank());
            if (module.filter(Doubt::alters).isPresent()) {
                new Doubt(one).leave(TaskPlace.of(world, task, at, delegate), why);
            }
        } catch (UnknownValueException | ProblemException e) {
            return end; // nobody knows where
        }
        return end;
    }

    /** With {@code until}, as often as it takes. */
    private TaskEnd tried(HostScope at, Prepared.Ready ready) throws InterruptedException {
        Optional<Setting> until = task.find(Keyword.UNTIL);
        Keywords keywords = one.keywords(at);
        Optional<Double> retries = keywords.number(Keyword.RETRIES);
        int tries = until.isEmpty() && retries.isEmpty() ? 1 : (int) Math.max(1, retries.orElse(3.0) + 1);
        if (ready.place().dryRun()) {
            tries = 1;
        }
        double delay = keywords.number(Keyword.DELAY).orElse(5.0);
        for (int attempt = 1;; attempt++) {
            TaskEnd done = invocation.perhapsInBackground(at, ready);
            if (task.find(Keyword.ASYNC).isPresent()
                    && done.result().get("finished").map(Value.of(0)::equals).orElse(false)) {
                return conditions.judged(at, done);
            }
            TaskEnd counted = tries > 1 || until.isPresent()
                    ? done.with(done.outcome(), done.result().with("attempts", attempt))
                    : done;
            TaskEnd end = doubted(ready.place(), conditions.judged(at, counted));
            if (end.outcome() == Outcome.UNREACHABLE || end.unknown().isPresent()) {
                return end;
            }
            boolean over;
            try {
                over = until.isPresent()
                        ? !world.templates
                                .condition(until.get().value(), until.get().source(), conditions.registering(at, end))
                                .isFalse()
                        : end.outcome() != Outcome.FAILED;
            } catch (ProblemException e) {
                Setting asked = until.orElseThrow();
                return new TaskTrouble(task).problem(new ProblemException(asked.source(),
                        TaskTrouble.condition(asked, e)));
            }
            if (over || ready.place().dryRun()) {
                return end;
            }
            if (attempt >= tries) {
                TaskEnd last = tries > 1 ? end.with(end.outcome(), end.result().with("attempts", tries - 1)) : end;
                boolean judged = last.result().get("failed_when_result").isPresent(); // that decides
                return until.isPresent()
                        ? last.with(judged ? last.outcome() : Outcome.FAILED, last.result().with("failed", true))
                        : last;
            }
            world.events.tell(new Event.Retrying(Instant.now(), info, one.host(), end.delegate(),
                    new Shown(one).of(end, Optional.empty(), Instant.now(), Duration.ZERO, false, false).result(),
                    tries - attempt));
            one.turn().aside(() -> Thread.sleep(Duration.ofMillis((long) (delay * 1000))));
            world.nodes.deeds.incrementAndGet(); // what was read ahead is of before the wait
        }
    }

    /** What the playbook calls a failure may be none in earnest, where something is left out before that nothing bounds. */
    private TaskEnd doubted(TaskPlace place, TaskEnd end) throws InterruptedException {
        boolean said = (task.action().is("fail") && !task.directives().when().isEmpty()) || task.action().is("assert")
                || end.result().get("failed_when_result").map(Value.of(true)::equals).orElse(false);
        if (!place.dryRun() || end.outcome() != Outcome.FAILED || !said) {
            return end;
        }
        return place.node().call(one.turn(), place.node().predictions()::doubt)
                .map(why -> TaskEnd.undetermined(
                        end.result().get("msg").map(msg -> PythonText.of(msg) + " ").orElse("") + "(" + why + ")")
                        .by(end.delegate()))
                .orElse(end);
    }

    /** The end of an item's round, with the variables of the item. */
    static TaskEnd itemised(TaskEnd end, MapValue variables) {
        return end.with(end.outcome(), end.result().with(variables));
    }
}
