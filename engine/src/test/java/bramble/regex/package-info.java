/** Tests of the regular expressions. */
@org.jspecify.annotations.NullMarked
package bramble.regex;
