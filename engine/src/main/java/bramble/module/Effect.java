package bramble.module;

import java.util.function.BiPredicate;

/** What will be true, or no longer known, once a change is made. */
public sealed interface Effect {
    /** The fact will have this value. */
    record Becomes<V>(Fact<V> fact, V value) implements Effect {}

    /**
     * Some facts can't be known without doing it.
     *
     * @param which the facts, each given with the value it had until now: what a package brings is unknown only where
     *     nothing was before
     * @param why completes "not known, because ..."
     * @param alone whether nothing besides can be its doing: a later refusal for the want of something else stands
     */
    record Unknown(BiPredicate<Fact<?>, Object> which, String why, boolean alone) implements Effect {
        public Unknown(BiPredicate<Fact<?>, Object> which, String why) {
            this(which, why, false);
        }
    }

    static <V> Effect becomes(Fact<V> fact, V value) {
        return new Becomes<>(fact, value);
    }

    /** Something was done that nothing bounds; the facts stay, but a later refusal may be its doing. */
    static Effect unbounded(String why) {
        return new Unknown((_, _) -> false, why);
    }
}
