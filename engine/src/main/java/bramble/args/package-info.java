/** The schema of a module's arguments, read from its Args record: binding, documentation and checks from one source. */
@org.jspecify.annotations.NullMarked
package bramble.args;
