package bramble.template;

import bramble.value.Value;

/**
 * What stands after a pipe: {@code input | name(arguments)}.
 *
 * <p>Input and arguments come evaluated, also what is inside lists and mappings. They are neither undefined nor unknown at
 * the top; an undefined or unknown item may be inside a list or mapping, see {@link Evaluation}. To refuse, throw a
 * {@link TemplateException} with a sentence alone; the caller adds the filter's name and place.
 */
@FunctionalInterface
public interface Filter {
    Value apply(Value input, Arguments arguments, Evaluation evaluation);

    /** Whether it wants to see an undefined input or argument, as {@code default} and {@code mandatory} do. */
    default boolean takesUndefined() {
        return false;
    }

    /** The same filter, given undefined input and arguments too. */
    static Filter takingUndefined(Filter filter) {
        return new Filter() {
            @Override
            public Value apply(Value input, Arguments arguments, Evaluation evaluation) {
                return filter.apply(input, arguments, evaluation);
            }

            @Override
            public boolean takesUndefined() {
                return true;
            }
        };
    }
}
