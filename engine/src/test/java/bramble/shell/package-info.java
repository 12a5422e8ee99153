/** The contract of the resident shell, held against every shell there is. */
@org.jspecify.annotations.NullMarked
package bramble.shell;
