/** Tests of the engine as a whole. */
@org.jspecify.annotations.NullMarked
package bramble;
