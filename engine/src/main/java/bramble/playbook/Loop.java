package bramble.playbook;

import bramble.problem.Source;
import bramble.value.Value;
import java.util.Optional;

/**
 * What a task is repeated over.
 *
 * @param lookup the lookup whose answer is the list: {@code items} for {@code with_items}; empty for {@code loop}, whose
 *     value is the list itself
 * @param over the list, or the lookup's terms
 */
public record Loop(Source source, Optional<String> lookup, Value over, Control control) {
    /** What {@code loop_control} says; templates are not yet evaluated. */
    public record Control(String variable, Optional<String> index, Optional<Setting> label, Optional<Setting> pause,
            Optional<Setting> extended, Optional<Setting> extendedAllItems, Optional<Setting> breakWhen) {
        /** The defaults: the loop variable is {@code item}. */
        public static final Control DEFAULT = new Control("item", Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }
}
