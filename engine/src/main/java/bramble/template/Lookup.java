package bramble.template;

import bramble.value.Value;
import java.util.List;

/** Reads something on the controller: {@code lookup('name', terms, option=value)}. The rules are those of {@link Filter}. */
@FunctionalInterface
public interface Lookup {
    /**
     * One result or more for the terms. {@code query} gives the list itself, {@code lookup} its one item, or its texts
     * joined by commas.
     *
     * @param options named options only; {@code wantlist} and {@code errors} were taken out by the caller
     */
    List<Value> look(List<Value> terms, Arguments options, Evaluation evaluation);
}
