package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A role that a task brings in at run time.
 *
 * @param directives what holds for all its steps
 * @param steps the blocks of the roles that it depends on, then its own steps
 * @param handlers the handlers of the role, its dependencies and what it imports, to be added to the play's
 * @param publicRoles the roles whose variables the tasks that follow see
 */
public record LoadedRole(Role role, Directives directives, Path file, List<Step> steps, List<Step> handlers,
        List<Role> publicRoles) {
    public LoadedRole {
        steps = List.copyOf(steps);
        handlers = List.copyOf(handlers);
        publicRoles = List.copyOf(publicRoles);
    }

    /** The steps as one block. */
    public Block block(Source source, Optional<Value> name) {
        return new Block(source, name, directives, steps, List.of(), List.of(), Optional.of(role), file);
    }
}
