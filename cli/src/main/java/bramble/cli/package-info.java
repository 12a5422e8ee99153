/** The command line: {@code bramble} and the {@code ansible-*} names, and what a person sees of a run. */
@org.jspecify.annotations.NullMarked
package bramble.cli;
