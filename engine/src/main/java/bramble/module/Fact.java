package bramble.module;

import bramble.shell.Answer;
import bramble.shell.Sh;

/**
 * A question about one thing on a node. Facts are records: equal questions have one answer, read or predicted.
 *
 * <p>Facts that look at the same thing from several sides (a path's stat and its content, a user and the list of all
 * users) say in {@link #after} what another fact's new value does to theirs, so that a dry run shows one coherent node.
 *
 * @param <V> the answer; immutable, with equality by value
 */
public interface Fact<V> {
    /** Prints the answer; changes nothing. Needs no more than what every supported node has. */
    Sh script();

    /** Reads what the script printed. An answer that makes no sense is a bug, and thrown. */
    V parse(Answer answer);

    /**
     * The fact to ask for instead, once the effect holds: a path below a link that would be made is another path.
     */
    default Fact<V> through(Effect.Becomes<?> effect) {
        return this;
    }

    /** The answer once the effect holds, when it was {@code current} before. */
    default Maybe<V> after(Effect.Becomes<?> effect, V current) {
        if (effect.fact().equals(this)) {
            @SuppressWarnings("unchecked") // equal facts are of one class, so their values are of one type
            V value = (V) effect.value();
            return Maybe.known(value);
        }
        return Maybe.known(current);
    }

    /** Whether it costs too much to be read again when all is done; then it is unknown. */
    default boolean once() {
        return false;
    }
}
