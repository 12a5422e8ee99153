/** Tests that hold for all modules. */
@org.jspecify.annotations.NullMarked
package bramble.modules;
