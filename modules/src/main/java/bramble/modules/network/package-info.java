/** Modules about a node's network: what it lets through, and what it gets from servers. */
@org.jspecify.annotations.NullMarked
package bramble.modules.network;
