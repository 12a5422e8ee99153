/** Tests of the template language. */
@org.jspecify.annotations.NullMarked
package bramble.template;
