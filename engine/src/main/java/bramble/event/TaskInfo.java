package bramble.event;

import bramble.problem.Source;
import bramble.value.MapValue;
import java.util.List;
import java.util.Optional;

/**
 * A task as listeners know it.
 *
 * @param position where in the run it stands, unique and in order: {@code 0.0.4.2}
 * @param name with templates evaluated and the role's name before it, {@code web : install nginx}
 * @param module the module's name, {@code copy}
 * @param secret whether {@code no_log} hides its results
 * @param seal a word for all that the user wrote of it, on this host: another one once it was edited; may be empty
 * @param written more of what the user wrote
 */
public record TaskInfo(String position, String name, String module, Source source, boolean handler, boolean secret,
        String seal, Written written) {
    /** A task of which no more is known. */
    public TaskInfo(String position, String name, String module, Source source, boolean handler, boolean secret,
            String seal) {
        this(position, name, module, source, handler, secret, seal, Written.NOTHING);
    }

    /**
     * What some listeners show besides.
     *
     * @param action the module's name as it is written, {@code ansible.builtin.copy} say
     * @param arguments not evaluated; secrets are not masked
     * @param dryRun whether it is only predicted
     */
    public record Written(Optional<String> role, String action, MapValue arguments, List<String> tags,
            boolean dryRun) {
        static final Written NOTHING = new Written(Optional.empty(), "", MapValue.EMPTY, List.of(), false);

        public Written {
            tags = List.copyOf(tags);
        }
    }

    /** The same with another seal. */
    public TaskInfo sealed(String other) {
        return new TaskInfo(position, name, module, source, handler, secret, other, written);
    }
}
