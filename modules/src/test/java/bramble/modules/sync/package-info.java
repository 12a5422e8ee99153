/** Tests of what is kept alike, and fixtures of the modules that do it. */
@org.jspecify.annotations.NullMarked
package bramble.modules.sync;
