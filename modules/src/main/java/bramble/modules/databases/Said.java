package bramble.modules.databases;

import bramble.module.Effect;
import bramble.module.Maybe;
import bramble.modules.files.Lacking;
import bramble.modules.services.Service;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What a server of data says, or why it says nothing. */
sealed interface Said<T> extends Lacking {
    /** It answered. */
    record Answered<T>(T value) implements Said<T> {}

    /** It didn't; {@code words} are the client's. */
    record Silent<T>(Why why, String words) implements Said<T> {}

    /** Why there is no answer. */
    enum Why {
        NO_CLIENT,
        NO_SERVER,
        REFUSED
    }

    @Override
    default boolean lacking() {
        return this instanceof Silent<T>(Why why, _) && why != Why.REFUSED;
    }

    default <R> Said<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Answered<T>(T value) -> new Answered<>(function.apply(value));
            case Silent<T>(Why why, String words) -> new Silent<>(why, words);
        };
    }

    /** Both answers, or why there is none. */
    default <U, R> Said<R> with(Said<U> other, BiFunction<? super T, ? super U, ? extends R> merge) {
        return switch (this) {
            case Answered<T>(T value) -> other.map(more -> merge.apply(value, more));
            case Silent<T>(Why why, String words) -> new Silent<>(why, words);
        };
    }

    /** The same once the effect holds: a server that is silent may answer when a service was started. */
    default Maybe<Said<T>> after(Effect.Becomes<?> effect) {
        return this instanceof Silent<T>(Why why, _) && why == Why.NO_SERVER
                && effect.value() instanceof Optional<?> some && some.orElse(null) instanceof Service service
                && service.running()
                        ? Maybe.unknown("the server may answer once the service runs that this run would start")
                        : Maybe.known(this);
    }
}
