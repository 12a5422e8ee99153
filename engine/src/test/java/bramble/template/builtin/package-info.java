/** Tests of the filters, tests and lookups. */
@org.jspecify.annotations.NullMarked
package bramble.template.builtin;
