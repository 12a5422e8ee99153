/** Libcrypto held against Java's own. */
@org.jspecify.annotations.NullMarked
package bramble.crypto;
