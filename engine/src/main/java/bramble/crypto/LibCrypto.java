package bramble.crypto;

import bramble.foreign.NativeLibrary;
import java.util.List;
import java.util.Optional;

/**
 * OpenSSL's libcrypto as this machine has it. Java's own ciphers and digests are as fast only once its second compiler has
 * worked on them, which Bramble does without: it starts faster so. Found once, when it is first asked for.
 */
final class LibCrypto {
    /** By version alone: on macOS a program is killed that loads one without. */
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1",
            "/opt/homebrew/lib/libcrypto.3.dylib", "/usr/local/lib/libcrypto.3.dylib");
    private static final List<String> NEEDED = List.of("EVP_CIPHER_CTX_new", "EVP_CIPHER_CTX_free", "EVP_aes_128_gcm",
            "EVP_aes_256_gcm", "EVP_CipherInit_ex", "EVP_CipherUpdate", "EVP_CIPHER_CTX_ctrl", "EVP_CipherFinal_ex",
            "EVP_get_digestbyname", "EVP_MD_CTX_new", "EVP_MD_CTX_free", "EVP_DigestInit_ex", "EVP_DigestUpdate",
            "EVP_DigestFinal_ex", "EVP_sha256", "PKCS5_PBKDF2_HMAC");

    private static volatile boolean looked;

    private LibCrypto() {}

    /** Whether somebody has asked for it already, so that it costs nothing to ask again. */
    static boolean looked() {
        return looked;
    }

    /** The one of this machine; empty if there is none, or none that has all that is wanted. */
    static Optional<NativeLibrary> found() {
        return Found.ONE;
    }

    private static final class Found {
        static final Optional<NativeLibrary> ONE = NativeLibrary.find(NAMES, NEEDED);

        static {
            looked = true;
        }
    }

    /** What functions give back that say whether they have done it. */
    static void check(int done) {
        if (done != 1) {
            throw new IllegalStateException("it said " + done);
        }
    }
}
