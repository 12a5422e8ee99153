/** Roles and collections of others: where they are, which versions fit together, and how they get onto this machine. */
@org.jspecify.annotations.NullMarked
package bramble.galaxy;
