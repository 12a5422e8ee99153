package bramble.modules.keys;

import bramble.value.MapValue;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.DSAPrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A private key as TLS uses them, with its public half. {@code toString} tells neither.
 *
 * @param curve the curve's name, of {@link Kind#ECC}; otherwise empty
 */
record TlsKey(Kind kind, int size, String curve, PrivateKey secret, PublicKey open) {

    /** The kinds, as Ansible names them. */
    enum Kind {
        RSA("RSA"),
        DSA("DSA"),
        ECC("ECC"),
        ED25519("Ed25519"),
        ED448("Ed448"),
        X25519("X25519"),
        X448("X448");

        final String word;

        Kind(String word) {
            this.word = word;
        }

        static Optional<Kind> of(String word) {
            return Stream.of(values()).filter(kind -> kind.word.equals(word)).findFirst();
        }

        /** Whether it has a form of its own, from before there was one for all. */
        boolean old() {
            return this == RSA || this == DSA || this == ECC;
        }
    }

    /** How a key is written: as OpenSSL did once, or in the form that all kinds have. */
    enum Form {
        PKCS1,
        PKCS8
    }

    /** What is in a file. */
    sealed interface Read {
        /** A key, and whether a passphrase protects it. */
        record Fine(TlsKey key, Form form, boolean locked) implements Read {}

        /** None that could be read; {@code why} completes "but". */
        record Broken(String why) implements Read {}
    }

    /** The curves that Java has, with their numbers. */
    static final Map<String, String> CURVES = Map.of("secp256r1", "1.2.840.10045.3.1.7", "secp384r1", "1.3.132.0.34",
            "secp521r1", "1.3.132.0.35");
    private static final Map<String, Kind> KINDS = Map.of("1.2.840.113549.1.1.1", Kind.RSA, "1.2.840.10040.4.1",
            Kind.DSA, "1.2.840.10045.2.1", Kind.ECC, "1.3.101.110", Kind.X25519, "1.3.101.111", Kind.X448,
            "1.3.101.112", Kind.ED25519, "1.3.101.113", Kind.ED448);
    private static final String LOCK = "PBEWithHmacSHA256AndAES_256";
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final List<String> PRINTS = List.of("MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512",
            "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512");

    static TlsKey generate(Kind kind, int size, String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind == Kind.ECC ? "EC" : kind.word);
            if (kind == Kind.ECC) {
                generator.initialize(new ECGenParameterSpec(curve));
            } else if (kind.old()) {
                generator.initialize(size);
            }
            KeyPair pair = generator.generateKeyPair();
            return of(kind, pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TlsKey of(Kind kind, PrivateKey secret, PublicKey open) {
        return switch (kind) {
            case RSA -> new TlsKey(kind, ((RSAPrivateCrtKey) secret).getModulus().bitLength(), "", secret, open);
            case DSA -> new TlsKey(kind, ((DSAPrivateKey) secret).getParams().getP().bitLength(), "", secret, open);
            case ECC -> new TlsKey(kind, ((ECPrivateKey) secret).getParams().getOrder().bitLength(),
                    curve(Der.of(open.getEncoded()).part(0).part(1).dotted()), secret, open);
            case ED25519, X25519 -> new TlsKey(kind, 256, "", secret, open);
            case ED448 -> new TlsKey(kind, 456, "", secret, open);
            case X448 -> new TlsKey(kind, 448, "", secret, open);
        };
    }

    private static String curve(String number) {
        return CURVES.entrySet().stream().filter(entry -> entry.getValue().equals(number)).map(Map.Entry::getKey)
                .findFirst().orElse(number);
    }

    // Reading.

    static Read read(byte[] file, Optional<String> passphrase) {
        Optional<Pem> found = Pem.first(file, "PRIVATE KEY");
        if (found.isEmpty()) {
            return new Read.Broken("there is no private key in it");
        }
        Pem pem = found.get();
        boolean locked = pem.label().startsWith("ENCRYPTED") || pem.headers().containsKey("DEK-Info");
        if (locked && passphrase.isEmpty()) {
            return new Read.Broken("a passphrase protects it, and none is given");
        }
        try {
            Form form = pem.label().equals("PRIVATE KEY") || pem.label().startsWith("ENCRYPTED")
                    ? Form.PKCS8
                    : Form.PKCS1;
            return new Read.Fine(of(pkcs8(pem, passphrase.orElse(""))), form, locked);
        } catch (GeneralSecurityException | IOException | Der.MalformedException | IllegalArgumentException e) {
            return new Read.Broken(locked
                    ? "the passphrase doesn't open it"
                    : "it is broken: " + e.getMessage());
        }
    }

    /** The key in the form that all kinds have, opened. */
    private static byte[] pkcs8(Pem pem, String passphrase) throws GeneralSecurityException, IOException {
        String lock = pem.headers().get("DEK-Info");
        byte[] bytes = lock == null
                ? pem.bytes()
                : oldCipher(Cipher.DECRYPT_MODE, lock, passphrase).doFinal(pem.bytes());
        return switch (pem.label()) {
            case "PRIVATE KEY" -> bytes;
            case "ENCRYPTED PRIVATE KEY" -> {
                var info = new EncryptedPrivateKeyInfo(bytes);
                String name = info.getAlgParameters().toString();
                var key = SecretKeyFactory.getInstance(name)
                        .generateSecret(new PBEKeySpec(passphrase.toCharArray()));
                Cipher cipher = Cipher.getInstance(name);
                cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
                yield info.getKeySpec(cipher).getEncoded();
            }
            case "RSA PRIVATE KEY" -> wrapped(Kind.RSA, new byte[]{5, 0}, bytes);
            case "EC PRIVATE KEY" -> {
                Der curve = Der.of(bytes).parts().stream().filter(part -> part.isContext(0)).findFirst()
                        .orElseThrow(() -> new Der.MalformedException("its curve is missing")).part(0);
                yield wrapped(Kind.ECC, curve.whole(), bytes);
            }
            case "DSA PRIVATE KEY" -> {
                List<Der> numbers = Der.of(bytes).parts();
                yield wrapped(Kind.DSA, Der.sequence(numbers.get(1).whole(), numbers.get(2).whole(),
                        numbers.get(3).whole()), numbers.get(5).whole());
            }
            default -> throw new Der.MalformedException("a " + pem.label() + " is of no kind that is known here");
        };
    }

    private static byte[] wrapped(Kind kind, byte[] parameters, byte[] key) {
        String number = KINDS.entrySet().stream().filter(entry -> entry.getValue() == kind).map(Map.Entry::getKey)
                .findFirst().orElseThrow();
        return Der.sequence(Der.integer(0), Der.sequence(Der.oid(number), parameters), Der.octets(key));
    }

    /** Java's name for the kind of key that has that number. */
    static String algorithm(String number) {
        Kind kind = KINDS.get(number);
        if (kind == null) {
            throw new Der.MalformedException("it is of a kind that is not known here");
        }
        return kind == Kind.ECC ? "EC" : kind.word;
    }

    /** The key in the form that all kinds have. */
    static TlsKey of(byte[] pkcs8) throws GeneralSecurityException {
        String number = Der.of(pkcs8).part(1).part(0).dotted();
        KeyFactory factory = KeyFactory.getInstance(algorithm(number));
        Kind kind = KINDS.getOrDefault(number, Kind.RSA);
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        PublicKey open = switch (kind) {
            case RSA -> {
                var rsa = (RSAPrivateCrtKey) secret;
                yield factory.generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
            }
            case DSA -> {
                var dsa = (DSAPrivateKey) secret;
                var p = dsa.getParams();
                yield factory.generatePublic(new DSAPublicKeySpec(p.getG().modPow(dsa.getX(), p.getP()), p.getP(),
                        p.getQ(), p.getG()));
            }
            case ECC -> Curves.open((ECPrivateKey) secret);
            case ED25519, ED448, X25519, X448 -> sameSeed(kind, Der.of(Der.of(pkcs8).part(2).content()).content());
        };
        return of(kind, secret, open);
    }

    /** The public half of a key that is made of nothing but random bytes: these are given again. */
    private static PublicKey sameSeed(Kind kind, byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.word);
        generator.initialize(new java.security.spec.NamedParameterSpec(kind.word), new Repeated(seed));
        return generator.generateKeyPair().getPublic();
    }

    /** Gives bytes that are known. */
    private static final class Repeated extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        Repeated(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(bytes.length, seed.length));
        }
    }

    // Writing.

    /** The file's text. */
    String text(Form form, Optional<String> passphrase) {
        try {
            return form == Form.PKCS1 && kind.old() ? old(passphrase) : general(passphrase);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String general(Optional<String> passphrase) throws GeneralSecurityException, IOException {
        if (passphrase.isEmpty()) {
            return new Pem("PRIVATE KEY", complete()).text();
        }
        var key = SecretKeyFactory.getInstance(LOCK).generateSecret(new PBEKeySpec(passphrase.get().toCharArray()));
        Cipher cipher = Cipher.getInstance(LOCK);
        cipher.init(Cipher.ENCRYPT_MODE, key);
        byte[] parameters = cipher.getParameters().getEncoded();
        byte[] lock = Der.of(parameters).part(0).tag() == Der.OID
                ? parameters
                : Der.sequence(Der.oid(PBES2), parameters);
        return new Pem("ENCRYPTED PRIVATE KEY", Der.sequence(lock, Der.octets(cipher.doFinal(complete())))).text();
    }

    /** In the general form; of a curve with the public point, as other programs expect it. */
    private byte[] complete() {
        return kind == Kind.ECC
                ? wrapped(kind, Der.oid(oid()), ecc(false))
                : secret.getEncoded();
    }

    private String oid() {
        return Objects.requireNonNull(CURVES.get(curve));
    }

    private byte[] ecc(boolean named) {
        byte[] scalar = fixed(((ECPrivateKey) secret).getS(), (size + 7) / 8);
        byte[] point = Der.of(open.getEncoded()).part(1).whole();
        byte[] curveName = named ? Der.context(0, true, Der.oid(oid())) : new byte[0];
        return Der.sequence(Der.integer(1), Der.octets(scalar), curveName, Der.context(1, true, point));
    }

    private String old(Optional<String> passphrase) throws GeneralSecurityException {
        byte[] inner = switch (kind) {
            case ECC -> ecc(true);
            case DSA -> {
                var dsa = (DSAPrivateKey) secret;
                var p = dsa.getParams();
                yield Der.sequence(Der.integer(0), Der.integer(p.getP()), Der.integer(p.getQ()), Der.integer(p.getG()),
                        Der.integer(p.getG().modPow(dsa.getX(), p.getP())), Der.integer(dsa.getX()));
            }
            case RSA, ED25519, ED448, X25519, X448 -> Der.of(secret.getEncoded()).part(2).content();
        };
        String label = (kind == Kind.ECC ? "EC" : kind.word) + " PRIVATE KEY";
        if (passphrase.isEmpty()) {
            return new Pem(label, inner).text();
        }
        byte[] iv = new byte[16];
        new SecureRandom().nextBytes(iv);
        String lock = "AES-256-CBC," + HexFormat.of().withUpperCase().formatHex(iv);
        return new Pem(label, Map.of("Proc-Type", "4,ENCRYPTED", "DEK-Info", lock),
                oldCipher(Cipher.ENCRYPT_MODE, lock, passphrase.get()).doFinal(inner)).text("Proc-Type", "DEK-Info");
    }

    /** The encryption of RFC 1421's headers, its key made as OpenSSL makes it. */
    private static Cipher oldCipher(int mode, String lock, String passphrase) throws GeneralSecurityException {
        String[] words = lock.split(",", 2);
        if (words.length < 2 || !words[0].matches("AES-(128|192|256)-CBC")) {
            throw new Der.MalformedException("its encryption " + words[0] + " is not known here");
        }
        byte[] iv = HexFormat.of().parseHex(words[1].strip());
        byte[] key = {};
        byte[] round = {};
        int length = Integer.parseInt(words[0].substring(4, 7)) / 8;
        while (key.length < length) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(round);
            digest.update(passphrase.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            round = digest.digest(Arrays.copyOf(iv, 8));
            key = Der.joined(key, round);
        }
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(mode, new SecretKeySpec(Arrays.copyOf(key, length), "AES"), new IvParameterSpec(iv));
        return cipher;
    }

    /** A number in so many bytes. */
    static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int from = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
        return fixed;
    }

    /** Digests of the public half, by the names that Ansible gives them. */
    static MapValue fingerprints(PublicKey open) {
        MapValue prints = MapValue.EMPTY;
        for (String name : PRINTS) {
            String key = name.replace("SHA-", "sha").replace("SHA3-", "sha3_").toLowerCase(Locale.ROOT);
            prints = prints.with(key, print(name, open.getEncoded()));
        }
        return prints;
    }

    private static String print(String algorithm, byte[] bytes) {
        try {
            return HexFormat.ofDelimiter(":").formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return kind.word + " key";
    }
}
