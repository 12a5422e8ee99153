package bramble.crypto;

import bramble.foreign.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Digests of streams that are long enough to be worth libcrypto. */
public final class FastDigest {
    private static final int AT_ONCE = 256 * 1024;

    private FastDigest() {}

    /**
     * The digest of all that the stream gives, in lower-case hexadecimal; empty, with nothing read, where this machine has no
     * libcrypto or that has no such algorithm.
     *
     * @param algorithm its name in Java
     */
    public static Optional<String> of(InputStream in, String algorithm) throws IOException {
        if (Found.CALLS.isEmpty()) {
            return Optional.empty();
        }
        Calls calls = Found.CALLS.get();
        try (Arena arena = Arena.ofConfined()) {
            String name = algorithm.replace("SHA-", "sha").toLowerCase(Locale.ROOT);
            var kind = (MemorySegment) calls.byName.invokeExact(arena.allocateFrom(name));
            if (kind.equals(MemorySegment.NULL)) {
                return Optional.empty();
            }
            var context = (MemorySegment) calls.create.invokeExact();
            try {
                return Optional.of(count(calls, context, kind, in));
            } finally {
                calls.free.invokeExact(context);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libcrypto did not count " + algorithm, e);
        }
    }

    private static String count(Calls calls, MemorySegment context, MemorySegment kind, InputStream in)
            throws Throwable {
        LibCrypto.check((int) calls.init.invokeExact(context, kind, MemorySegment.NULL));
        byte[] buffer = new byte[AT_ONCE];
        MemorySegment bytes = MemorySegment.ofArray(buffer);
        for (int n; (n = in.read(buffer)) > 0;) {
            LibCrypto.check((int) calls.update.invokeExact(context, bytes, (long) n));
        }
        byte[] digest = new byte[64];
        byte[] length = new byte[4];
        LibCrypto.check(
                (int) calls.end.invokeExact(context, MemorySegment.ofArray(digest), MemorySegment.ofArray(length)));
        int size = MemorySegment.ofArray(length).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        return HexFormat.of().formatHex(Arrays.copyOf(digest, size));
    }

    private record Calls(MethodHandle byName, MethodHandle create, MethodHandle free, MethodHandle init,
            MethodHandle update, MethodHandle end) {
        static Calls of(NativeLibrary library) {
            var pointer = ValueLayout.ADDRESS;
            return new Calls(library.pointer("EVP_get_digestbyname", pointer), library.pointer("EVP_MD_CTX_new"),
                    library.nothing("EVP_MD_CTX_free", pointer),
                    library.number("EVP_DigestInit_ex", pointer, pointer, pointer),
                    library.number("EVP_DigestUpdate", pointer, pointer, ValueLayout.JAVA_LONG),
                    library.number("EVP_DigestFinal_ex", pointer, pointer, pointer));
        }
    }

    /** Looked for when it is first needed. */
    private static final class Found {
        static final Optional<Calls> CALLS = LibCrypto.found().map(Calls::of);
    }
}
