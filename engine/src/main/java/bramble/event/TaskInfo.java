package bramble.event;

import bramble.problem.Source;

/**
 * A task as listeners know it.
 *
 * @param position where in the run it stands, unique and in order: {@code 0.0.4.2}
 * @param name with templates evaluated and the role's name before it, {@code web : install nginx}
 * @param module the module's name, {@code copy}
 * @param secret whether {@code no_log} hides its results
 * @param seal a word for all that the user wrote of it, on this host: another one once it was edited; may be empty
 */
public record TaskInfo(String position, String name, String module, Source source, boolean handler, boolean secret,
        String seal) {
    /** The same with another seal. */
    public TaskInfo sealed(String other) {
        return new TaskInfo(position, name, module, source, handler, secret, other);
    }
}
