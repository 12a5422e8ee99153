/** Tests of values. */
@org.jspecify.annotations.NullMarked
package bramble.value;
