package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Steps that belong together. A role's steps are such a block (its dependencies' blocks come first in it), and so are those
 * of an imported file.
 *
 * @param rescue what is done on a host for which one of the tasks failed
 * @param always what is done in any case, after that
 */
public record Block(Source source, Optional<Value> name, Directives directives, List<Step> tasks, List<Step> rescue,
        List<Step> always,
        Optional<Role> role, Path file) implements Step {

    public Block {
        tasks = List.copyOf(tasks);
        rescue = List.copyOf(rescue);
        always = List.copyOf(always);
    }
}
