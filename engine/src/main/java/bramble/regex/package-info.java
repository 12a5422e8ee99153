/** Regular expressions as Python's {@code re} reads them, bounded so that none runs for ever. */
@org.jspecify.annotations.NullMarked
package bramble.regex;
