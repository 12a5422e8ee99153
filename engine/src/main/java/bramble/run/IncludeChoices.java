package bramble.run;

import bramble.event.Event;
import bramble.playbook.Loop;
import bramble.problem.ProblemException;
import bramble.template.UndefinedException;
import bramble.value.ListValue;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Unknown;
import bramble.value.UnknownValueException;
import bramble.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an include, which the host's loop does itself, comes to on a host. */
record IncludeChoices(HostTask one) {
    /**
     * What an include comes to, for one item of its loop.
     *
     * @param scope with the item's variables
     * @param index of the item
     * @param label how the item is shown; empty without a loop
     */
    record Choice(HostScope scope, MapValue arguments, int index, Optional<String> label) {}

    /** What an include comes to on this host: the items whose conditions hold, or how it ended without. */
    sealed interface Choices {
        record Some(List<Choice> choices) implements Choices {}

        record Ended(TaskEnd end) implements Choices {}
    }

    /** For {@code include_tasks}, {@code include_role} and {@code meta}, which the host's loop does itself. */
    Choices of() {
        var source = new LoopSource(one);
        HostScope scope = one.scope();
        try {
            var scopes = new ArrayList<HostScope>();
            var labels = new ArrayList<Optional<String>>();
            var variables = new ArrayList<MapValue>();
            if (one.task().loop().isEmpty()) {
                scopes.add(scope);
                labels.add(Optional.empty());
                variables.add(MapValue.EMPTY);
            } else {
                Loop loop = one.task().loop().get();
                Value over;
                try {
                    over = source.over(loop);
                } catch (UndefinedException e) {
                    // a condition that doesn't hold anyway makes the loop's source irrelevant
                    Conditions.Held when = new Conditions(one).quietly(scope);
                    if (when.truth().isFalse()) {
                        return new Choices.Ended(TaskEnd.skipped(when.failing()));
                    }
                    throw e;
                }
                switch (over) {
                    case ListValue list -> {
                        List<Value> items = list.items();
                        for (int i = 0; i < items.size(); i++) {
                            variables.add(
                                    LoopVariables.of(loop.control(), items, i, scope, one.world().templates));
                            HostScope at = scope.with(variables.getLast());
                            scopes.add(at);
                            labels.add(Optional.of(source.label(loop.control(), items.get(i), at)));
                        }
                    }
                    case Unknown(String why) -> {
                        return new Choices.Ended(TaskEnd.undetermined(why));
                    }
                    case Value other -> {
                        return new Choices.Ended(
                                TaskEnd.failed("Invalid data passed to 'loop', it requires a list, got "
                                        + "this instead: " + PythonText.of(other)));
                    }
                }
            }
            Value failing = None.NONE;
            var choices = new ArrayList<Choice>();
            for (int i = 0; i < scopes.size(); i++) {
                Conditions.Held when = new Conditions(one).when(scopes.get(i));
                if (when.truth().isUnknown()) {
                    return new Choices.Ended(TaskEnd.undetermined(when.truth().why()));
                }
                if (when.truth().isTrue()) {
                    choices.add(new Choice(scopes.get(i),
                            new TaskArguments(one).of(scopes.get(i), Optional.empty()), i, labels.get(i)));
                } else {
                    failing = when.failing();
                    TaskEnd skipped = OneRound.itemised(TaskEnd.skipped(when.failing()), variables.get(i));
                    labels.get(i).ifPresent(label -> passedOver(skipped, label));
                }
            }
            return choices.isEmpty()
                    ? new Choices.Ended(TaskEnd.skipped(failing))
                    : new Choices.Some(List.copyOf(choices));
        } catch (UnknownValueException e) {
            return new Choices.Ended(TaskEnd.undetermined(String.valueOf(e.getMessage())));
        } catch (ProblemException e) {
            return new Choices.Ended(new TaskTrouble(one.task()).problem(e));
        }
    }

    /** Says of an item that nothing is included for it. */
    private void passedOver(TaskEnd end, String label) {
        Instant now = Instant.now();
        one.world().events.tell(new Event.ItemEnded(now, one.info(),
                new Shown(one).of(end, Optional.of(label), now, Duration.ZERO, false, false)));
    }
}
