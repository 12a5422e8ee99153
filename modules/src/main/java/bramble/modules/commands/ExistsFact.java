package bramble.modules.commands;

import bramble.module.Effect;
import bramble.module.Fact;
import bramble.module.Maybe;
import bramble.modules.files.NodePath;
import bramble.modules.files.PathFact;
import bramble.modules.files.PathState;
import bramble.shell.Answer;
import bramble.shell.Sh;

/** Asks whether anything is at a path. A command that creates it can promise this much, and no more. */
record ExistsFact(String path) implements Fact<ExistsFact.Existence> {
    ExistsFact {
        path = NodePath.normal(path);
    }

    /**
     * The answer.
     *
     * @param promised whether a command would have put something there
     */
    record Existence(PathState state, boolean promised) {
        boolean exists() {
            return promised || !state.missing();
        }
    }

    private PathFact fact() {
        return new PathFact(path);
    }

    @Override
    public Sh script() {
        return fact().script();
    }

    @Override
    public Existence parse(Answer answer) {
        return new Existence(fact().parse(answer), false);
    }

    @Override
    public Fact<Existence> through(Effect.Becomes<?> effect) {
        return fact().through(effect) instanceof PathFact(String other) ? new ExistsFact(other) : this;
    }

    @Override
    public Maybe<Existence> after(Effect.Becomes<?> effect, Existence current) {
        if (effect.fact() instanceof ExistsFact(String other)) {
            return Maybe.known(other.equals(path) ? (Existence) effect.value() : current);
        }
        boolean gone = effect.value() instanceof PathState.Absent absent
                && (absent.real().equals(current.state().real())
                        || NodePath.below(current.state().real(), absent.real()));
        return fact().after(effect, current.state()).map(state -> new Existence(state, current.promised() && !gone));
    }
}
