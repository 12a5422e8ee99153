package bramble.module;

import bramble.value.MapValue;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A module that brings one thing on a node into the state that its arguments describe.
 *
 * @param <A> the arguments, see {@link bramble.args.Arg}
 * @param <S> the state that matters to them
 */
public non-sealed interface TaskModule<A extends Record, S> extends AnyModule {
    @Override
    Class<A> args();

    /** What to read. Reads nothing itself. */
    Inquiry<S> inspect(A args, Platform node);

    /** What to do about it. Pure: the same call serves dry run, diff and apply. */
    Plan plan(A args, S actual);

    /** How it ended, once it is done. Without changes {@code applied.after()} is what was read before. */
    default Verdict judge(A args, S before, Applied<S> applied) {
        Optional<String> failure = applied.answers().stream().filter(answer -> answer.status() > 0).findFirst()
                .map(answer -> answer.errors().isBlank() ? "exit status " + answer.status() : answer.errors().strip());
        return new Verdict(!applied.changes().isEmpty() && failure.isEmpty(), failure, MapValue.EMPTY);
    }

    /** What a line that one of its programs prints says of something that is waited for; most say nothing of it. */
    default Optional<String> waits(String line) {
        return Optional.empty();
    }

    /** What such a line says of how many bytes the node has fetched so far. */
    default OptionalLong fetches(String line) {
        return OptionalLong.empty();
    }

    /**
     * The names of the facts that it would set: they are unknown where a dry run can't tell.
     *
     * @param given the arguments as they are written; templates are not evaluated
     */
    default List<String> facts(MapValue given) {
        return List.of();
    }
}
