package bramble.crypto;

import bramble.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/** AES in Galois/Counter Mode, one packet after another, each with a nonce of its own. For one thread at a time. */
public final class FastGcm {
    /** The bytes of a tag, which follow a packet. */
    public static final int TAG = 16;

    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;

    private final Calls calls;
    private final MemorySegment context;
    private final boolean encrypts;
    private final byte[] count = new byte[4];

    @SuppressWarnings("restricted") // native access is what this is for
    private FastGcm(Calls calls, boolean encrypts, byte[] key) throws Throwable {
        this.calls = calls;
        this.encrypts = encrypts;
        MethodHandle free = calls.free;
        this.context = ((MemorySegment) calls.create.invokeExact()).reinterpret(Arena.ofAuto(), made -> {
            try {
                free.invokeExact(made);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
        var cipher = (MemorySegment) (key.length == 32 ? calls.aes256 : calls.aes128).invokeExact();
        LibCrypto.check((int) calls.init.invokeExact(context, cipher, MemorySegment.NULL, MemorySegment.ofArray(key),
                MemorySegment.NULL, encrypts ? 1 : 0));
    }

    /** Whether it is at hand: libcrypto was loaded for something else. */
    public static boolean ready() {
        return LibCrypto.looked();
    }

    /**
     * For a key of 16 or 32 bytes; empty where this machine has no libcrypto.
     *
     * @param encrypts whether packets are encrypted, not decrypted
     */
    public static Optional<FastGcm> of(boolean encrypts, byte[] key) {
        return Found.CALLS.map(calls -> {
            try {
                return new FastGcm(calls, encrypts, key);
            } catch (Throwable e) {
                throw new IllegalStateException("libcrypto did not take a key", e);
            }
        });
    }

    /**
     * A packet; where it is decrypted, its tag stands behind the input's bytes and is counted with them, where it is encrypted,
     * it is put behind the output's.
     *
     * @param nonce 12 bytes, never the same twice with one key
     * @param open what is not encrypted, but proven by the tag
     * @throws AEADBadTagException if it isn't what the other side sent
     */
    public void packet(byte[] nonce, byte[] open, byte[] in, int from, int length, byte[] out, int to)
            throws AEADBadTagException {
        int bytes = encrypts ? length : length - TAG;
        try {
            LibCrypto.check(
                    (int) calls.init.invokeExact(context, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL,
                            MemorySegment.ofArray(nonce), encrypts ? 1 : 0));
            MemorySegment counted = MemorySegment.ofArray(count);
            LibCrypto.check(
                    (int) calls.update.invokeExact(context, MemorySegment.NULL, counted, MemorySegment.ofArray(open),
                            open.length));
            LibCrypto.check((int) calls.update.invokeExact(context, part(out, to, bytes), counted,
                    part(in, from, bytes), bytes));
            if (!encrypts) {
                LibCrypto.check((int) calls.control.invokeExact(context, SET_TAG, TAG, part(in, from + bytes, TAG)));
            }
            int ended = (int) calls.end.invokeExact(context, part(out, to + bytes, 0), counted);
            if (ended != 1) {
                throw new AEADBadTagException("Tag mismatch");
            }
            if (encrypts) {
                LibCrypto.check((int) calls.control.invokeExact(context, GET_TAG, TAG, part(out, to + bytes, TAG)));
            }
        } catch (AEADBadTagException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libcrypto did not take a packet of " + bytes + " bytes", e);
        }
    }

    private static MemorySegment part(byte[] array, int from, int length) {
        return MemorySegment.ofArray(array).asSlice(from, length);
    }

    private record Calls(MethodHandle create, MethodHandle free, MethodHandle aes128, MethodHandle aes256,
            MethodHandle init, MethodHandle update, MethodHandle control, MethodHandle end) {
        static Calls of(NativeLibrary library) {
            var pointer = ValueLayout.ADDRESS;
            var number = ValueLayout.JAVA_INT;
            return new Calls(library.pointer("EVP_CIPHER_CTX_new"), library.nothing("EVP_CIPHER_CTX_free", pointer),
                    library.pointer("EVP_aes_128_gcm"), library.pointer("EVP_aes_256_gcm"),
                    library.number("EVP_CipherInit_ex", pointer, pointer, pointer, pointer, pointer, number),
                    library.number("EVP_CipherUpdate", pointer, pointer, pointer, pointer, number),
                    library.number("EVP_CIPHER_CTX_ctrl", pointer, number, number, pointer),
                    library.number("EVP_CipherFinal_ex", pointer, pointer, pointer));
        }
    }

    /** Looked for when it is first needed. */
    private static final class Found {
        static final Optional<Calls> CALLS = LibCrypto.found().map(Calls::of);
    }
}
