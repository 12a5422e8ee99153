/** What modules of containers understand without a daemon. */
@org.jspecify.annotations.NullMarked
package bramble.modules.containers;
