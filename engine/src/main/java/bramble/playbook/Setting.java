package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;

/**
 * What the user wrote behind a keyword; templates in it are not yet evaluated.
 *
 * @param source where the value stands
 */
public record Setting(Value value, Source source) {}
