/** What happens in a run, told in order to whoever listens: the console, the record, a JSON stream. */
@org.jspecify.annotations.NullMarked
package bramble.event;
