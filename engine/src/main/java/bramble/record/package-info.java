/** The record of every run: written as events come, into a database that other tools can open, and asked later. */
@org.jspecify.annotations.NullMarked
package bramble.record;
