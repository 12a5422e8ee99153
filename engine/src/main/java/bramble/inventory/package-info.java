/** Which hosts there are, the groups they form, the variables they have, and the patterns that select among them. */
@org.jspecify.annotations.NullMarked
package bramble.inventory;
