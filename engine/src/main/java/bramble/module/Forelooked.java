package bramble.module;

import java.util.Optional;

/**
 * A module that only some nodes can play, boards of one make say: they are asked before any node is changed.
 *
 * @param <A> its arguments
 */
public interface Forelooked<A extends Record> {
    /**
     * Asks what the node lacks, which is answered by a sentence without a full stop; nothing is asked where the arguments leave
     * that to the task's turn. It is asked as the task's user, without the task's environment.
     */
    Optional<Fact<Optional<String>>> lack(A args);

    /** Whether what another task is told, as text, may bring what the node lacks. */
    boolean mayBring(String told);
}
