/** What needs no server to be tested: settings, and become programs that are played. */
@org.jspecify.annotations.NullMarked
package bramble.connection;
