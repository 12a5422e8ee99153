/** Ansible's vault: encrypted files and values, the passwords that open them, and where those come from. */
@org.jspecify.annotations.NullMarked
package bramble.vault;
