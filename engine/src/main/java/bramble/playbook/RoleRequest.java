package bramble.playbook;

/**
 * What {@code include_role} and {@code import_role} ask for.
 *
 * @param tasksFrom the task file, {@code main} unless given; likewise the others
 * @param isPublic whether its defaults and vars are seen by the tasks that follow
 * @param allowDuplicates whether it is done again on a host that is through with it
 * @param validate whether the arguments are checked against the role's specification
 */
public record RoleRequest(String name, String tasksFrom, String varsFrom, String defaultsFrom, String handlersFrom,
        boolean isPublic, boolean allowDuplicates, boolean validate) {}
