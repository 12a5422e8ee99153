package bramble.crypto;

import bramble.foreign.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** PBKDF2 with HMAC-SHA256 (RFC 8018), whose thousands of rounds are worth libcrypto. */
public final class FastPbkdf2 {
    private FastPbkdf2() {}

    /**
     * The key that a password and a salt make; empty where this machine has no libcrypto.
     *
     * @param length of the key, in bytes
     */
    public static Optional<byte[]> key(byte[] password, byte[] salt, int rounds, int length) {
        return Found.CALLS.map(calls -> {
            byte[] key = new byte[length];
            try {
                var sha256 = (MemorySegment) calls.sha256.invokeExact();
                LibCrypto.check((int) calls.derive.invokeExact(MemorySegment.ofArray(password), password.length,
                        MemorySegment.ofArray(salt), salt.length, rounds, sha256, length, MemorySegment.ofArray(key)));
            } catch (Throwable e) {
                throw new IllegalStateException("libcrypto did not derive a key", e);
            }
            return key;
        });
    }

    private record Calls(MethodHandle sha256, MethodHandle derive) {
        static Calls of(NativeLibrary library) {
            var pointer = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_INT;
            return new Calls(library.pointer("EVP_sha256"),
                    library.number("PKCS5_PBKDF2_HMAC", pointer, number, pointer,
                            number, number, pointer, number, pointer));
        }
    }

    /** Looked for when it is first needed. */
    private static final class Found {
        static final Optional<Calls> CALLS = LibCrypto.found().map(Calls::of);
    }
}
