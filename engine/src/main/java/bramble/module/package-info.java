/** What a module is: it says what to read, and plans changes from what was read. It does no I/O and knows no dry run. */
@org.jspecify.annotations.NullMarked
package bramble.module;
