/** Servers of data. */
@org.jspecify.annotations.NullMarked
package bramble.modules.databases;
