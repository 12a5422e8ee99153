/** The template language: an expression language with Python's semantics, and documents through Jinjava. */
@org.jspecify.annotations.NullMarked
package bramble.template;
