/** Tests of the modules about packages. */
@org.jspecify.annotations.NullMarked
package bramble.modules.packages;
