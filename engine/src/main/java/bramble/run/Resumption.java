package bramble.run;

import bramble.event.TaskInfo;
import bramble.value.MapValue;
import java.util.Optional;

/** What an earlier run, which is now continued, has done already. */
@FunctionalInterface
public interface Resumption {
    /** The result that a host's task had, if the host came through it, and it was the same task. */
    Optional<MapValue> done(TaskInfo task, String host);

    /** There was none: everything is to be done. */
    Resumption NONE = (_, _) -> Optional.empty();
}
