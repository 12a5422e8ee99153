package bramble.value;

import bramble.problem.Source;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a name that nothing defines evaluates to. Apart from {@code default} and {@code is defined}, using it is an error.
 *
 * @param what a sentence that names it: {@code 'x' is undefined}, {@code 'dict object' has no attribute 'y'}
 * @param hint looks for the name that was meant, once it is an error
 * @param written the template, if it is another host's, and that host alone lacks what it needs
 */
public record Undefined(String what, Source source, Supplier<String> hint, Optional<Template> written)
        implements
            Value {
    public Undefined(String what, Source source) {
        this(what, source, () -> "");
    }

    public Undefined(String what, Source source, Supplier<String> hint) {
        this(what, source, hint, Optional.empty());
    }
}
