/** Shell text that is safe to build and to show, and the resident shell that runs it: one round trip for many pieces. */
@org.jspecify.annotations.NullMarked
package bramble.shell;
