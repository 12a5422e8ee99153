package bramble.playbook;

import bramble.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Reads playbooks, and the files and roles that tasks bring in at run time. All that is wrong is reported at once. */
@SuppressWarnings("DoNotCallSuggester") // until they are written
public final class PlaybookLoader {
    private final Surroundings surroundings;
    private final Consumer<Problem> warnings;

    public PlaybookLoader(Surroundings surroundings, Consumer<Problem> warnings) {
        this.surroundings = surroundings;
        this.warnings = warnings;
    }

    /** The playbook with all that it imports. */
    public Playbook load(Path file) {
        throw new UnsupportedOperationException(file + " " + surroundings + warnings);
    }

    /**
     * The steps of a file that a task includes.
     *
     * @param include the {@code include_tasks} task
     */
    public List<Step> tasks(Path file, Task include) {
        throw new UnsupportedOperationException(file + " " + include);
    }

    /**
     * A handler that includes a file brings handlers.
     *
     * @param include the {@code include_tasks} handler
     */
    public List<Step> handlers(Path file, Task include) {
        throw new UnsupportedOperationException(file + " " + include);
    }

    /**
     * The role that a task includes, with its dependencies.
     *
     * @param playFile the playbook, beside which roles are looked for
     * @param include the {@code include_role} task
     */
    public LoadedRole role(RoleRequest request, Path playFile, Task include) {
        throw new UnsupportedOperationException(request + " " + playFile + include);
    }
}
