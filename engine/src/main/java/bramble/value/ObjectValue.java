package bramble.value;

import java.util.Optional;

/** A value that expressions treat as an object of Python's: a date, a namespace, a loop. It has no JSON form. */
public non-sealed interface ObjectValue extends Value {
    /** Python's name of its type. */
    String type();

    /** An attribute or a bound method. */
    Optional<Value> attribute(String name);

    /** What str() writes. */
    default String text() {
        return "<" + type() + " object>";
    }

    /**
     * The result of an operator with this on the left, if it has that operator: {@code + - * / < in}; {@code iter} gives
     * the list of what a loop goes over.
     */
    default Optional<Value> operate(String operator, Value right) {
        return Optional.empty();
    }
}
