package bramble.playbook;

import bramble.inventory.Variables;
import bramble.problem.Source;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A play: which hosts, and what to do on them.
 *
 * @param name as given; templates are evaluated when the play starts
 * @param file the playbook that it stands in, which may be an imported one
 * @param directives the play's own keywords, {@link Keyword#HOSTS}, {@link Keyword#SERIAL} and the like included; its
 *     steps already have what they inherit
 * @param vars the play's {@code vars}
 * @param params the {@code vars} of the imports that brought the play here, weakest first; they lie over the play's own
 * @param varsFiles each a name, a template of one, or a list of which the first that is there counts
 * @param roles the play's roles, in order, each a {@link Block} with its {@link Role}
 * @param handlers the roles' handlers, then the play's; of several with one name the last counts
 * @param publicRoles the roles whose defaults and vars every task of the play sees: those of {@code roles} and of
 *     {@code import_role}, in order
 */
public record Play(Source source, Optional<Value> name, Path file, Directives directives, Variables vars,
        List<Variables> params,
        List<Setting> varsFiles, List<Prompt> prompts, List<Step> preTasks, List<Step> roles, List<Step> tasks,
        List<Step> postTasks,
        List<Step> handlers, List<Role> publicRoles) {

    public Play {
        params = List.copyOf(params);
        varsFiles = List.copyOf(varsFiles);
        prompts = List.copyOf(prompts);
        preTasks = List.copyOf(preTasks);
        roles = List.copyOf(roles);
        tasks = List.copyOf(tasks);
        postTasks = List.copyOf(postTasks);
        handlers = List.copyOf(handlers);
        publicRoles = List.copyOf(publicRoles);
    }
}
