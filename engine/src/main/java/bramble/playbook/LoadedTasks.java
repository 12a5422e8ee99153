package bramble.playbook;

import java.nio.file.Path;
import java.util.List;

/**
 * The steps of a file that a task includes at run time.
 *
 * @param file the file that was found
 * @param handlers the handlers of roles that the steps import, to be added to the play's
 * @param publicRoles the imported roles whose variables the tasks that follow see
 */
public record LoadedTasks(Path file, List<Step> steps, List<Step> handlers, List<Role> publicRoles) {
    public LoadedTasks {
        steps = List.copyOf(steps);
        handlers = List.copyOf(handlers);
        publicRoles = List.copyOf(publicRoles);
    }
}
