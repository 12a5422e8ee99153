package bramble.run;

import bramble.event.TaskInfo;
import bramble.value.MapValue;
import java.util.Optional;

/** What an earlier run, which is now continued, has done already; and by what a later one will know what this one did. */
public interface Resumption {
    /** Whether no run is continued. */
    boolean nothing();

    /** The result that a host's task had, if the host came through it, and it was the same task, unedited. */
    Optional<MapValue> done(TaskInfo task, String host);

    /** A short word for a text, the same in each run, from which the text can't be guessed; empty if there is none. */
    String seal(String text);
}
