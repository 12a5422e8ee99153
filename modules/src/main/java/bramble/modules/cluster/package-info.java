/** Modules about what makes a pile of nodes a cluster: addresses that move, and services that they all share. */
@org.jspecify.annotations.NullMarked
package bramble.modules.cluster;
