/** Plays on hosts: host loops, strategies, handlers, conditions, the dry run's overlay, and what came of each task. */
@org.jspecify.annotations.NullMarked
package bramble.run;
