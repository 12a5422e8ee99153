/** Tests of what carries tasks to nodes. */
@org.jspecify.annotations.NullMarked
package bramble.run;
