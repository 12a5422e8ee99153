package bramble.module;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What a module has to know: which facts, and what they make together. */
public sealed interface Inquiry<S> {

    /** Facts that are all asked for at once. */
    record Ask<S>(List<Fact<?>> facts, Function<Facts, S> combine) implements Inquiry<S> {
        public Ask {
            facts = List.copyOf(new LinkedHashSet<>(facts));
        }
    }

    /** Facts that can only be named once others are known. It costs a round trip more: rare. */
    record Then<R, S>(Inquiry<R> first, Function<R, Inquiry<S>> next) implements Inquiry<S> {}

    /** Nothing has to be read. */
    static <S> Inquiry<S> nothing(S state) {
        return new Ask<>(List.of(), _ -> state);
    }

    static <V> Inquiry<V> of(Fact<V> fact) {
        return new Ask<>(List.of(fact), facts -> facts.get(fact));
    }

    /** A fact that the plan can live without knowing. */
    static <V> Inquiry<Maybe<V>> maybe(Fact<V> fact) {
        return new Ask<>(List.of(fact), facts -> facts.maybe(fact));
    }

    static <S> Inquiry<S> ask(List<? extends Fact<?>> facts, Function<Facts, S> combine) {
        return new Ask<>(List.copyOf(facts), combine);
    }

    static <S> Inquiry<List<S>> all(List<Inquiry<S>> inquiries) {
        Inquiry<List<S>> all = nothing(List.of());
        for (Inquiry<S> inquiry : inquiries) {
            all = all.and(inquiry, (some, one) -> {
                var more = new ArrayList<>(some);
                more.add(one);
                return List.copyOf(more);
            });
        }
        return all;
    }

    default <R> Inquiry<R> map(Function<? super S, ? extends R> function) {
        return switch (this) {
            case Ask<S>(List<Fact<?>> facts, Function<Facts, S> combine) ->
                new Ask<>(facts, f -> function.apply(combine.apply(f)));
            case Then<?, S> then -> new Then<>(then, state -> nothing(function.apply(state)));
        };
    }

    /** Both, in one round trip where both can be asked at once. */
    default <T, R> Inquiry<R> and(Inquiry<T> other, BiFunction<? super S, ? super T, ? extends R> merge) {
        if (this instanceof Ask<S> mine && other instanceof Ask<T> others) {
            var both = new ArrayList<Fact<?>>(mine.facts);
            both.addAll(others.facts);
            return new Ask<>(both, f -> merge.apply(mine.combine.apply(f), others.combine.apply(f)));
        }
        return new Then<>(this, a -> other.map(b -> merge.apply(a, b)));
    }

    default <R> Inquiry<R> then(Function<S, Inquiry<R>> next) {
        return new Then<>(this, next);
    }
}
