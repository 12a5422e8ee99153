package bramble.module;

import java.util.function.Function;

/** A value that is known, or that only a real run would tell. */
public sealed interface Maybe<V> {
    /** It is known. */
    record Known<V>(V value) implements Maybe<V> {}

    /** It isn't; {@code why} completes "not known, because ...". */
    record NotKnown<V>(String why) implements Maybe<V> {}

    static <V> Maybe<V> known(V value) {
        return new Known<>(value);
    }

    static <V> Maybe<V> unknown(String why) {
        return new NotKnown<>(why);
    }

    /** The value. Reading an unknown one makes the task's outcome undetermined. */
    default V get() {
        return switch (this) {
            case Known<V>(V value) -> value;
            case NotKnown<V>(String why) -> throw new UnknownException(why);
        };
    }

    default V orElse(V other) {
        return this instanceof Known<V>(V value) ? value : other;
    }

    default <W> Maybe<W> map(Function<? super V, ? extends W> function) {
        return switch (this) {
            case Known<V>(V value) -> new Known<>(function.apply(value));
            case NotKnown<V>(String why) -> new NotKnown<>(why);
        };
    }

    /** Thrown where an unknown value is read; the run turns it into an undetermined outcome. */
    final class UnknownException extends RuntimeException {
        public UnknownException(String why) {
            super(why, null, false, false);
        }

        public String why() {
            return String.valueOf(getMessage());
        }
    }
}
