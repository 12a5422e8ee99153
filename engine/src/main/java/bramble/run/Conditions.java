package bramble.run;

import bramble.event.Outcome;
import bramble.playbook.Keyword;
import bramble.playbook.Setting;
import bramble.problem.ProblemException;
import bramble.template.Truth;
import bramble.template.UndefinedException;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Template;
import bramble.value.Text;
import bramble.value.Value;
import java.util.Map;
import java.util.Optional;

/** A task's conditions: whether it is to be done, and what is made of its result. */
record Conditions(HostTask one) {
    /**
     * Whether the conditions hold.
     *
     * @param failing the one that doesn't, as it was written; none if all hold
     */
    record Held(Truth truth, Value failing) {}

    /** The same, where a condition that can't be evaluated is to be told later. */
    Held quietly(HostScope at) {
        try {
            return when(at);
        } catch (ProblemException e) {
            return new Held(Truth.TRUE, None.NONE);
        }
    }

    /** Whether the task is to be done. */
    Held when(HostScope at) {
        String why = "";
        for (Setting condition : one.task().directives().when()) {
            Truth truth;
            try {
                truth = one.world().templates.condition(condition.value(), condition.source(), at);
            } catch (UndefinedException e) {
                throw new ProblemException(condition.source(), TaskTrouble.condition(condition, e));
            }
            if (truth.isFalse()) {
                return new Held(truth, condition.value() instanceof Template(String text, _)
                        ? new Text(text)
                        : condition.value());
            }
            if (truth.isUnknown() && why.isEmpty()) {
                why = truth.why();
            }
        }
        return new Held(why.isEmpty() ? Truth.TRUE : Truth.unknown(why), None.NONE);
    }

    /** What {@code changed_when} and {@code failed_when} make of a result. */
    TaskEnd judged(HostScope at, TaskEnd raw) {
        if (raw.outcome() == Outcome.UNREACHABLE || raw.outcome() == Outcome.SKIPPED) {
            return raw;
        }
        TaskEnd end = raw;
        try {
            Optional<Setting> changedWhen = one.task().find(Keyword.CHANGED_WHEN);
            if (changedWhen.isPresent()) {
                try {
                    end = changedWhen(end, one.world().templates.condition(changedWhen.get().value(),
                            changedWhen.get().source(), registering(at, end)));
                } catch (ProblemException e) {
                    MapValue result = end.result().with("failed", true)
                            .with("changed_when_result", TaskTrouble.condition(changedWhen.get(), e));
                    return end.with(Outcome.FAILED,
                            end.outcome() == Outcome.FAILED // what went wrong first is what is told
                                    ? result
                                    : result.with("msg", TaskTrouble.condition(changedWhen.get(), e)));
                }
            }
            Optional<Setting> failedWhen = one.task().find(Keyword.FAILED_WHEN);
            if (failedWhen.isPresent()) {
                end = failedWhen(end,
                        one.world().templates.condition(failedWhen.get().value(), failedWhen.get().source(),
                                registering(at, end)));
            }
            return end;
        } catch (ProblemException e) {
            Setting failedWhen = one.task().find(Keyword.FAILED_WHEN).orElseThrow();
            return end.with(Outcome.FAILED, end.result().with("failed", true)
                    .with("failed_when_result", TaskTrouble.condition(failedWhen, e))
                    .with("msg", TaskTrouble.condition(failedWhen, e)));
        }
    }

    private static TaskEnd changedWhen(TaskEnd end, Truth truth) {
        return switch (truth.kind()) {
            case UNKNOWN -> end.outcome() == Outcome.FAILED
                    ? end
                    : end.with(Outcome.UNDETERMINED, end.result().with("msg", truth.why()));
            case TRUE -> end.with(end.outcome() == Outcome.FAILED
                    ? Outcome.FAILED
                    : end.outcome() == Outcome.WOULD_CHANGE || end.unknown().isPresent()
                            ? Outcome.WOULD_CHANGE
                            : Outcome.CHANGED,
                    end.result().with("changed", true));
            case FALSE -> end.with(end.outcome() == Outcome.FAILED ? Outcome.FAILED : Outcome.OK,
                    end.result().with("changed", false));
        };
    }

    private static TaskEnd failedWhen(TaskEnd end, Truth truth) {
        return switch (truth.kind()) {
            case UNKNOWN -> end; // it may fail; a real run would tell, and says so then
            case TRUE -> end.with(Outcome.FAILED,
                    end.result().with("failed", true).with("failed_when_result", true));
            case FALSE -> {
                MapValue result = end.result().with("failed", false).with("failed_when_result", false);
                boolean changed = result.get("changed").map(Value.of(true)::equals).orElse(false);
                yield end.with(end.outcome() != Outcome.FAILED ? end.outcome() : changed ? Outcome.CHANGED : Outcome.OK,
                        result);
            }
        };
    }

    /** The scope with what the task would register by now. */
    HostScope registering(HostScope at, TaskEnd end) {
        return one.task().value(Keyword.REGISTER)
                .map(name -> at.with(MapValue.named(Map.of(PythonText.of(name), end.registered())))).orElse(at);
    }

    /** Whether it went wrong, and the host goes on nevertheless. */
    boolean ignored(TaskEnd end) {
        return end.outcome().bad() && ignores(end);
    }

    /** Whether the host goes on after this. */
    boolean ignores(TaskEnd end) {
        var keywords = one.keywords(one.scope());
        try {
            return end.outcome() == Outcome.UNREACHABLE
                    ? keywords.is(Keyword.IGNORE_UNREACHABLE)
                    : keywords.is(Keyword.IGNORE_ERRORS);
        } catch (ProblemException e) {
            return false;
        }
    }
}
