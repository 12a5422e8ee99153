package bramble.module;

import bramble.value.MapValue;
import bramble.value.Value;
import java.util.List;
import java.util.Map;

/** A module that checks variables against a specification, as roles have one: what is known of them it can check before any node is touched. */
public interface Specified {
    /**
     * What is wrong with a variable.
     *
     * @param what as a sentence
     * @param whole whether it isn't there, or of another type: nothing more can be said of it then
     */
    record Fault(String variable, String what, boolean whole) {}

    /**
     * All that is wrong.
     *
     * @param spec the options by name
     * @param given the variables that are there; those that aren't known yet are unknown values
     */
    List<Fault> faults(MapValue spec, Map<String, Value> given);
}
