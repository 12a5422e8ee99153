package bramble.module;

import bramble.value.MapValue;
import java.util.Optional;

/**
 * How a task ended, in the module's words.
 *
 * @param failure a sentence, if it failed
 * @param results the result keys that Ansible documents for the module, without {@code changed}, {@code failed},
 *     {@code msg} of a failure and {@code diff}, which the run adds
 * @param unknown in a dry run: why the results can't be known, a command's for instance. Then {@code results} are only what
 *     Ansible would show
 */
public record Verdict(boolean changed, Optional<String> failure, MapValue results, Optional<String> unknown) {
    public Verdict(boolean changed, Optional<String> failure, MapValue results) {
        this(changed, failure, results, Optional.empty());
    }

    public static Verdict changed(boolean changed, MapValue results) {
        return new Verdict(changed, Optional.empty(), results);
    }

    public static Verdict failed(String why, MapValue results) {
        return new Verdict(false, Optional.of(why), results);
    }

    /** The same, with other results. */
    public Verdict with(MapValue others) {
        return new Verdict(changed, failure, others, unknown);
    }

    /** Only a real run would tell what it returns. */
    public static Verdict unknown(boolean changed, String why, MapValue results) {
        return new Verdict(changed, Optional.empty(), results, Optional.of(why));
    }
}
