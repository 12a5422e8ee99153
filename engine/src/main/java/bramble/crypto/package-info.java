/** Ciphers and digests at the machine's speed: by the system's libcrypto, where there is one. */
@org.jspecify.annotations.NullMarked
package bramble.crypto;
