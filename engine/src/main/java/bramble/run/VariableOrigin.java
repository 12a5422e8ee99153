package bramble.run;

import bramble.problem.Source;
import bramble.value.Value;

/**
 * A place that gives a host a variable.
 *
 * @param what the level of precedence, in the words of Ansible's documentation
 * @param where the part of the playbook in which it counts; empty where it counts everywhere
 * @param value as it is written, templates not evaluated
 */
public record VariableOrigin(String what, String where, Source source, Value value) {
    static final String IN_PLAY = "in the play at ";

    public boolean everywhere() {
        return where.isEmpty();
    }

    /** Whether it counts in a whole play. */
    public boolean ofPlay() {
        return where.startsWith(IN_PLAY);
    }
}
