/** Ways to start programs on a node: over SSH, on this machine, in a changed root; and to start them as another user. */
@org.jspecify.annotations.NullMarked
package bramble.connection;
