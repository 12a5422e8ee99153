/** Tests of binding arguments. */
@org.jspecify.annotations.NullMarked
package bramble.args;
