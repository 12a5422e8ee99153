/** What variables, arguments and results are made of: JSON's kinds, and undefined, unknown, templates and vaulted text. */
@org.jspecify.annotations.NullMarked
package bramble.value;
