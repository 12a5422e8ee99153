package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.util.Optional;

/**
 * What a role's {@code meta/checks.yml} says must hold of one of its variables, so that what can't be right is refused before
 * any node is touched.
 *
 * @param variable whose value is looked at, and whose place is shown
 * @param host whose variable it is, where it isn't the host's that comes to the role: a name, or a template of one
 * @param that a condition, or a list of them, as {@code assert} has them
 * @param msg what is wrong where it doesn't hold, a text or a template
 * @param loop a list, or a template of one, each of whose items must fulfil the condition
 */
public record RoleCheck(Source source, String variable, Optional<Value> host, Setting that, Value msg,
        Optional<Value> loop) {}
