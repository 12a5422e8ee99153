package bramble.value;

import bramble.problem.Source;

/** An inline {@code !vault} scalar, still encrypted; it is opened when it is first used. */
public record Vaulted(String envelope, Source source) implements Value {}
