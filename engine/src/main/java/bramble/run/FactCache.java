package bramble.run;

import bramble.value.MapValue;
import java.util.Optional;

/** Keeps hosts' facts beyond a run, also what {@code set_fact} sets with {@code cacheable}. Any thread may use it. */
public interface FactCache {
    /** What is kept of a host; empty where there is nothing, or it is too old. */
    Optional<MapValue> read(String host);

    /** Keeps this instead of what was kept. */
    void write(String host, MapValue facts);

    /** Keeps nothing of the host from now on. */
    void forget(String host);

    /** Keeps nothing: facts last as long as the run. */
    FactCache NONE = new FactCache() {
        @Override
        public Optional<MapValue> read(String host) {
            return Optional.empty();
        }

        @Override
        public void write(String host, MapValue facts) {
            // the run itself remembers
        }

        @Override
        public void forget(String host) {
            // nothing was kept
        }
    };
}
