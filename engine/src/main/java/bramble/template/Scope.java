package bramble.template;

import bramble.problem.Problem;
import bramble.value.Value;
import java.util.Set;

/** Where names come from. Values may hold templates and vaulted parts; they are evaluated late, with this same scope. */
public interface Scope {
    /** The value of a name, or {@link bramble.value.Undefined} where nothing defines it. */
    Value get(String name);

    /** Every name that is defined: for {@code vars}, and to find the name that a misspelt one was meant to be. */
    Set<String> names();

    /** Where files are looked for. */
    Site site();

    /** Whether lookups may be made: not where a value is only to be foreseen, since they may do something. */
    default boolean looksUp() {
        return true;
    }

    /** What files say of who made them: the setting {@code ansible_managed}. */
    default String managed() {
        return "Ansible managed";
    }

    /** Takes what is to be told of an evaluation that goes on; nobody hears of it where nothing is run. */
    default void warn(Problem problem) {}
}
