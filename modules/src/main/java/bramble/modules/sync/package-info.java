/** Trees of files that are kept alike on the controller and on a node. */
@org.jspecify.annotations.NullMarked
package bramble.modules.sync;
