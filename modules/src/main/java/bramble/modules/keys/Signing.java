package bramble.modules.keys;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How requests and certificates are signed.
 *
 * @param digest {@code sha256}; without effect for keys that bring their own
 */
record Signing(TlsKey key, String digest) {
    private static final byte[] NULL = {5, 0};
    /** By Java's name: the number. */
    private static final Map<String, String> NUMBERS = Map.ofEntries(Map.entry("SHA1withRSA", "1.2.840.113549.1.1.5"),
            Map.entry("SHA224withRSA", "1.2.840.113549.1.1.14"), Map.entry("SHA256withRSA", "1.2.840.113549.1.1.11"),
            Map.entry("SHA384withRSA", "1.2.840.113549.1.1.12"), Map.entry("SHA512withRSA", "1.2.840.113549.1.1.13"),
            Map.entry("SHA1withECDSA", "1.2.840.10045.4.1"), Map.entry("SHA224withECDSA", "1.2.840.10045.4.3.1"),
            Map.entry("SHA256withECDSA", "1.2.840.10045.4.3.2"), Map.entry("SHA384withECDSA", "1.2.840.10045.4.3.3"),
            Map.entry("SHA512withECDSA", "1.2.840.10045.4.3.4"), Map.entry("SHA1withDSA", "1.2.840.10040.4.3"),
            Map.entry("SHA224withDSA", "2.16.840.1.101.3.4.3.1"), Map.entry("SHA256withDSA", "2.16.840.1.101.3.4.3.2"),
            Map.entry("SHA384withDSA", "2.16.840.1.101.3.4.3.3"), Map.entry("SHA512withDSA", "2.16.840.1.101.3.4.3.4"),
            Map.entry("Ed25519", "1.3.101.112"), Map.entry("Ed448", "1.3.101.113"));

    /** What is wrong with the name of a digest. */
    static Optional<String> mistake(String argument, String digest) {
        return digest.matches("sha(1|224|256|384|512)")
                ? Optional.empty()
                : Optional.of("value of " + argument + " must be one of: sha1, sha224, sha256, sha384, sha512, got: "
                        + digest);
    }

    /** Why a key can't sign; nothing if it can. */
    static Optional<String> obstacle(TlsKey key) {
        return key.kind() == TlsKey.Kind.X25519 || key.kind() == TlsKey.Kind.X448
                ? Optional.of("keys of type " + key.kind().word + " can't sign")
                : Optional.empty();
    }

    private String name() {
        return switch (key.kind()) {
            case RSA, DSA -> digest.toUpperCase(Locale.ROOT) + "with" + key.kind().word;
            case ECC -> digest.toUpperCase(Locale.ROOT) + "withECDSA";
            case ED25519, ED448, X25519, X448 -> key.kind().word;
        };
    }

    byte[] algorithm() {
        return Der.sequence(Der.oid(String.valueOf(NUMBERS.get(name()))),
                key.kind() == TlsKey.Kind.RSA ? NULL : new byte[0]);
    }

    /** What is to be signed, how it is signed, and the signature. */
    byte[] signed(byte[] what) {
        try {
            Signature signature = Signature.getInstance(name());
            signature.initSign(key.secret());
            signature.update(what);
            return Der.sequence(what, algorithm(), Der.bits(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the signature is that of the key. */
    static boolean verified(Der signed, PublicKey by) {
        String number = signed.part(1).part(0).dotted();
        Optional<String> name = NUMBERS.entrySet().stream().filter(entry -> entry.getValue().equals(number))
                .map(Map.Entry::getKey).findFirst();
        try {
            if (name.isEmpty()) {
                return false;
            }
            Signature signature = Signature.getInstance(name.get());
            signature.initVerify(by);
            signature.update(signed.part(0).whole());
            return signature.verify(signed.part(2).bytesOfBits());
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /** The name of the digest, as in {@code sha256}; empty where the signature has none of its own. */
    static String digest(Der signed) {
        String number = signed.part(1).part(0).dotted();
        return NUMBERS.entrySet().stream().filter(entry -> entry.getValue().equals(number)).map(Map.Entry::getKey)
                .filter(name -> name.contains("with"))
                .map(name -> name.substring(0, name.indexOf("with")).toLowerCase(Locale.ROOT)).findFirst().orElse("");
    }
}
