/** The contract of all connections. */
@org.jspecify.annotations.NullMarked
package bramble.testkit;
