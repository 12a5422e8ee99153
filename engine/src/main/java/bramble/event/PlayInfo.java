package bramble.event;

import bramble.problem.Source;

/**
 * A play as listeners know it.
 *
 * @param name its name, or the pattern if it has none
 * @param pattern which hosts it is for
 * @param dryRun whether its tasks are only predicted, if they don't say otherwise
 */
public record PlayInfo(String name, String pattern, Source source, boolean dryRun) {}
