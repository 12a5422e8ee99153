/** Tests of the modules about a node's network. */
@org.jspecify.annotations.NullMarked
package bramble.modules.packages;
