/** What is wrong with the user's files and requests, and where: collected, and shown with the line itself. */
@org.jspecify.annotations.NullMarked
package bramble.problem;
