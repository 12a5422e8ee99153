/** Tests of the whole: playbooks through the command line, records, the rules of the architecture, runs on a lab. */
@org.jspecify.annotations.NullMarked
package bramble.cli;
