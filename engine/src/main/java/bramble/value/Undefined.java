package bramble.value;

import bramble.problem.Source;

/**
 * What a name that nothing defines evaluates to. Apart from {@code default} and {@code is defined}, using it is an error.
 *
 * @param what a sentence that names it: {@code 'x' is undefined}, {@code 'dict object' has no attribute 'y'}
 */
public record Undefined(String what, Source source) implements Value {}
