package bramble.module;

/** Answers by fact: what was read, with what earlier tasks would have changed laid over it. */
@FunctionalInterface
public interface Facts {
    <V> Maybe<V> maybe(Fact<V> fact);

    /** The answer; if it is unknown, the task's outcome is undetermined. */
    default <V> V get(Fact<V> fact) {
        return maybe(fact).get();
    }
}
