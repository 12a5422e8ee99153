package bramble.cli;

import java.util.Optional;

/**
 * What is said of a host's result, without the host: equal results of many hosts can share one.
 *
 * @param diff what comes before it; may be empty
 * @param ignoring whether it is said that the failure is ignored
 */
record ResultLine(String diff, Optional<Words> words, boolean ignoring) {
    /**
     * The words around the host's name.
     *
     * @param before what stands before the host: {@code ok: }
     * @param after what stands behind it
     */
    record Words(Tone tone, String before, String after) {}
}
