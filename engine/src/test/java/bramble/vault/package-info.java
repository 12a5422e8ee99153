/** Tests of the vault. */
@org.jspecify.annotations.NullMarked
package bramble.vault;
