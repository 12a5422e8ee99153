/** Modules for what a node lets through its network interfaces. */
@org.jspecify.annotations.NullMarked
package bramble.modules.network;
