/** Modules that install and remove software. */
@org.jspecify.annotations.NullMarked
package bramble.modules.packages;
