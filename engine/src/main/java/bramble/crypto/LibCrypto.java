package bramble.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * OpenSSL's libcrypto as this machine has it. Java's own ciphers and digests are as fast only once its second compiler has
 * worked on them, which Bramble does without: it starts faster so. Found once, when it is first asked for; to find it costs
 * tens of milliseconds, which only much work is worth.
 */
final class LibCrypto {
    /** By version alone: on macOS a program is killed that loads one without. */
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1",
            "/opt/homebrew/lib/libcrypto.3.dylib", "/usr/local/lib/libcrypto.3.dylib");
    private static final List<String> NEEDED = List.of("EVP_CIPHER_CTX_new", "EVP_CIPHER_CTX_free", "EVP_aes_128_gcm",
            "EVP_aes_256_gcm", "EVP_CipherInit_ex", "EVP_CipherUpdate", "EVP_CIPHER_CTX_ctrl", "EVP_CipherFinal_ex",
            "EVP_get_digestbyname", "EVP_MD_CTX_new", "EVP_MD_CTX_free", "EVP_DigestInit_ex", "EVP_DigestUpdate",
            "EVP_DigestFinal_ex", "EVP_sha256", "PKCS5_PBKDF2_HMAC");
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private final SymbolLookup symbols;

    private LibCrypto(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** The one of this machine; empty if there is none, or none that has all that is wanted. */
    static Optional<LibCrypto> found() {
        return Found.ONE;
    }

    private static final class Found {
        static final Optional<LibCrypto> ONE = NAMES.stream().flatMap(LibCrypto::open).findFirst();
    }

    @SuppressWarnings("restricted") // native access is what this is for
    private static Stream<LibCrypto> open(String name) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
            boolean whole = NEEDED.stream().allMatch(function -> symbols.find(function).isPresent());
            return whole ? Stream.of(new LibCrypto(symbols)) : Stream.empty();
        } catch (IllegalArgumentException _) {
            return Stream.empty();
        }
    }

    /** What functions give back that say whether they have done it. */
    static void check(int done) {
        if (done != 1) {
            throw new IllegalStateException("it said " + done);
        }
    }

    /** A function that gives back an int; arrays of Java may be passed where it takes pointers. */
    MethodHandle number(String name, MemoryLayout... takes) {
        return call(name, FunctionDescriptor.of(INT, takes), Linker.Option.critical(true));
    }

    /** A function that makes something. */
    MethodHandle pointer(String name, MemoryLayout... takes) {
        return call(name, FunctionDescriptor.of(POINTER, takes));
    }

    /** A function that gives nothing back. */
    MethodHandle nothing(String name, MemoryLayout... takes) {
        return call(name, FunctionDescriptor.ofVoid(takes));
    }

    @SuppressWarnings("restricted") // native access is what this is for
    private MethodHandle call(String name, FunctionDescriptor form, Linker.Option... options) {
        MemorySegment function = symbols.find(name)
                .orElseThrow(() -> new IllegalStateException("libcrypto has no " + name));
        return Linker.nativeLinker().downcallHandle(function, form, options);
    }
}
