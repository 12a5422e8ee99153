/** What a node is: setup's facts, and what services, packages and databases it has. */
@org.jspecify.annotations.NullMarked
package bramble.modules.facts;
