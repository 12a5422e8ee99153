package bramble.template;

import bramble.value.Value;

/** What stands after {@code is}. The rules for input and arguments are those of {@link Filter}. */
@FunctionalInterface
public interface Test {
    boolean test(Value input, Arguments arguments, Evaluation evaluation);

    /** Whether it wants to see undefined and unknown input, as {@code defined} does. */
    default boolean takesUndefined() {
        return false;
    }

    /** The same test, given undefined and unknown input too. */
    static Test takingUndefined(Test test) {
        return new Test() {
            @Override
            public boolean test(Value input, Arguments arguments, Evaluation evaluation) {
                return test.test(input, arguments, evaluation);
            }

            @Override
            public boolean takesUndefined() {
                return true;
            }
        };
    }
}
