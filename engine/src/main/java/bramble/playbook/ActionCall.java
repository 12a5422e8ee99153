package bramble.playbook;

import bramble.problem.Source;
import bramble.value.MapValue;
import bramble.value.Template;
import java.util.List;

/**
 * A module's name and what it is given.
 *
 * @param written the name as the user wrote it, {@code ansible.builtin.copy} say
 * @param name the module's own name, {@code copy}
 * @param arguments the arguments, {@code args:} below those of the module line. Free text ({@code command: uptime}) is the
 *     argument {@value #FREE_FORM}
 * @param whole templates that each give a mapping of arguments, below {@code arguments}, the weakest first
 */
public record ActionCall(Source source, String written, String name, MapValue arguments, List<Template> whole) {
    /** The name under which free text stands among the arguments. */
    public static final String FREE_FORM = "_raw_params";

    public ActionCall {
        whole = List.copyOf(whole);
    }

    public boolean is(String module) {
        return name.equals(module);
    }
}
