package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One action, with all that says when, how often and how it is done. Handlers are tasks too: {@link Keyword#LISTEN} has the
 * further names that they are notified by.
 *
 * @param directives its own keywords ({@link Keyword#REGISTER}, {@link Keyword#UNTIL}, {@link Keyword#CHANGED_WHEN}...), and
 *     the inherited ones
 * @param forIncluded of {@code include_tasks} and {@code include_role} only: what the steps that they bring inherit. Own
 *     keywords don't count there, except {@code vars} and those below {@code apply}
 */
public record Task(Source source, Optional<Value> name, Directives directives, ActionCall action, Optional<Loop> loop,
        Directives forIncluded, Optional<Role> role, Path file) implements Step {

    public Optional<Setting> find(Keyword keyword) {
        return directives.find(keyword);
    }

    public Optional<Value> value(Keyword keyword) {
        return directives.value(keyword);
    }
}
