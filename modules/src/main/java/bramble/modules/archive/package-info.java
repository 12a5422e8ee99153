/** Modules for archives. */
@org.jspecify.annotations.NullMarked
package bramble.modules.archive;
