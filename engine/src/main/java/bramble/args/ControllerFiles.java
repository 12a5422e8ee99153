package bramble.args;

/**
 * The controller's files, for a module that finds their names inside of an argument. It is no argument of playbooks: a module
 * with such a component is given it by the run.
 */
@FunctionalInterface
public interface ControllerFiles {
    /**
     * The file of that name, looked for where a role's files are.
     *
     * @throws bramble.problem.ProblemException naming the places that were searched
     */
    ControllerFile find(String name);
}
