package bramble.playbook;

import bramble.value.Bool;
import bramble.value.MapValue;
import bramble.value.None;
import bramble.value.PythonText;
import bramble.value.Value;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code include_role} and {@code import_role} ask for.
 *
 * @param tasksFrom the task file, empty for {@code main}; likewise the others
 * @param isPublic whether its defaults and vars are seen by the tasks that follow
 * @param allowDuplicates whether it is done again on a host that is through with it
 * @param validate whether the arguments are checked against the role's specification
 */
public record RoleRequest(String name, String tasksFrom, String varsFrom, String defaultsFrom, String handlersFrom,
        boolean isPublic,
        boolean allowDuplicates, boolean validate) {
    private static final Set<String> NO = Set.of("no", "false", "off", "0", "n", "f");

    /** The role as an entry of {@code roles} or {@code dependencies} asks for it. */
    static RoleRequest plain(String name) {
        return new RoleRequest(name, "", "", "", "", true, true, true);
    }

    /**
     * What the evaluated arguments of a task ask for.
     *
     * @param isStatic whether the task is {@code import_role}, whose variables are public unless it says otherwise
     */
    public static RoleRequest of(String name, MapValue arguments, boolean isStatic) {
        return new RoleRequest(name, text(arguments, "tasks_from"), text(arguments, "vars_from"),
                text(arguments, "defaults_from"),
                text(arguments, "handlers_from"), flag(arguments, "public", isStatic),
                flag(arguments, "allow_duplicates", true),
                flag(arguments, "rolespec_validate", true));
    }

    private static String text(MapValue arguments, String name) {
        return arguments.get(name).filter(value -> value != None.NONE).map(PythonText::of).orElse("");
    }

    private static boolean flag(MapValue arguments, String name, boolean otherwise) {
        Value value = arguments.get(name).orElse(Bool.of(otherwise));
        return value == None.NONE ? otherwise : !NO.contains(PythonText.of(value).strip().toLowerCase(Locale.ROOT));
    }

    /** Whether the role's main tasks are asked for. */
    boolean isMain() {
        return tasksFrom.isEmpty() || tasksFrom.replaceFirst("\\.(yml|yaml|json)$", "").equals("main");
    }

    /** The values that tell two uses of a role apart. */
    MapValue files() {
        return MapValue.of("tasks", tasksFrom, "vars", varsFrom, "defaults", defaultsFrom, "handlers", handlersFrom);
    }
}
