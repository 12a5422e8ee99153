package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.util.Optional;

/**
 * What the user wrote behind a keyword; templates in it are not yet evaluated.
 *
 * @param source where the value stands
 * @param around what counts if the value turns out to be {@code omit}: the same keyword of a block, role or play around
 */
public record Setting(Value value, Source source, Optional<Setting> around) {
    public Setting(Value value, Source source) {
        this(value, source, Optional.empty());
    }
}
