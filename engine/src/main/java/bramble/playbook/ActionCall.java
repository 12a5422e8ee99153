package bramble.playbook;

import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Template;
import java.util.List;

/**
 * A module's name and what it is given.
 *
 * @param written the name as the user wrote it, {@code ansible.builtin.copy} say
 * @param name the module's own name, {@code copy}; {@value #BROUGHT} for one that the playbook brings, whose file is then the
 *     argument {@value #FILE}; empty where a template gives it
 * @param arguments the arguments, {@code args:} below those of the module line. Free text ({@code command: uptime}) is the
 *     argument {@value #FREE_FORM}
 * @param whole templates that each give a mapping of arguments, below {@code arguments}, the weakest first
 */
public record ActionCall(Source source, String written, String name, MapValue arguments, List<Template> whole) {
    /** The name under which free text stands among the arguments. */
    public static final String FREE_FORM = "_raw_params";
    /** The module that runs modules which playbooks bring. */
    public static final String BROUGHT = "_brought";
    /** What stands for an action plugin that the playbook brings; its file is the argument {@link #FILE} too. */
    public static final String PLUGIN = "_plugin";
    /** The argument of {@link #BROUGHT} that names the module's file. */
    public static final String FILE = "_module_file";

    public ActionCall {
        whole = List.copyOf(whole);
    }

    public boolean is(String module) {
        return name.equals(module);
    }
}
