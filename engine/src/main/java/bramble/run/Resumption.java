package bramble.run;

import bramble.event.TaskInfo;
import bramble.value.MapValue;
import java.util.Optional;

/** What an earlier run, which is now continued, has done already; and by what a later one will know what this one did. */
public interface Resumption {
    /** Where no run is continued, and no later one will know of this one. */
    Resumption NONE = new Resumption() {
        @Override
        public boolean nothing() {
            return true;
        }

        @Override
        public Optional<MapValue> done(TaskInfo task, String host) {
            return Optional.empty();
        }

        @Override
        public String seal(String text) {
            return "";
        }
    };

    /** Whether no run is continued. */
    boolean nothing();

    /** The result that a host's task had, if the host came through it, and it was the same task, unedited. */
    Optional<MapValue> done(TaskInfo task, String host);

    /** A short word for a text, the same in each run, from which the text can't be guessed; empty if there is none. */
    String seal(String text);
}
