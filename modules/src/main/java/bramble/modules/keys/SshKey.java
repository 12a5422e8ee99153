package bramble.modules.keys;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.DSAPrivateKey;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.DSAPrivateKeySpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A private key of SSH. {@code toString} doesn't tell it.
 *
 * @param open the public half, as SSH writes it
 * @param secret its parts, as they stand in OpenSSH's files behind the public half's name
 */
record SshKey(SshPublicKey open, byte[] secret, String comment) {
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final String CIPHER = "aes256-ctr";
    private static final int KEY = 32; // bytes of the cipher's key
    private static final int BLOCK = 16;
    private static final int ROUNDS = 16; // as ssh-keygen has it

    /** What is in a file. */
    sealed interface Read {
        /** A key, and whether a passphrase protects it; {@code ours} if it is in OpenSSH's own form. */
        record Fine(SshKey key, boolean locked, boolean ours) implements Read {}

        /** None that could be read; {@code why} completes "but". The public half may be known all the same. */
        record Broken(String why, Optional<SshPublicKey> open) implements Read {}
    }

    /** Makes a key. */
    static SshKey generate(SshPublicKey.Kind kind, int size, String comment) {
        String curve = "secp" + size + "r1";
        TlsKey key = TlsKey.generate(switch (kind) {
            case RSA -> TlsKey.Kind.RSA;
            case DSA -> TlsKey.Kind.DSA;
            case ECDSA -> TlsKey.Kind.ECC;
            case ED25519 -> TlsKey.Kind.ED25519;
        }, size, curve);
        return of(key, comment);
    }

    /** The same key as SSH has it. */
    static SshKey of(TlsKey key, String comment) {
        var open = new SshWire.Writer();
        var secret = new SshWire.Writer();
        String name = switch (key.kind()) {
            case RSA -> {
                var rsa = (RSAPrivateCrtKey) key.secret();
                open.mpint(rsa.getPublicExponent()).mpint(rsa.getModulus());
                secret.mpint(rsa.getModulus()).mpint(rsa.getPublicExponent()).mpint(rsa.getPrivateExponent())
                        .mpint(rsa.getCrtCoefficient()).mpint(rsa.getPrimeP()).mpint(rsa.getPrimeQ());
                yield "ssh-rsa";
            }
            case DSA -> {
                var dsa = (DSAPublicKey) key.open();
                var p = dsa.getParams();
                open.mpint(p.getP()).mpint(p.getQ()).mpint(p.getG()).mpint(dsa.getY());
                secret.raw(open.bytes()).mpint(((DSAPrivateKey) key.secret()).getX());
                yield "ssh-dss";
            }
            case ECC -> {
                String curve = "nistp" + key.size();
                byte[] point = point((ECPublicKey) key.open(), key.size());
                open.string(curve).string(point);
                secret.string(curve).string(point).mpint(((ECPrivateKey) key.secret()).getS());
                yield "ecdsa-sha2-" + curve;
            }
            case ED25519 -> {
                byte[] bytes = Der.of(key.open().getEncoded()).part(1).bytesOfBits();
                byte[] seed = Der.of(Der.of(key.secret().getEncoded()).part(2).content()).content();
                open.string(bytes);
                secret.string(bytes).string(Der.joined(seed, bytes));
                yield "ssh-ed25519";
            }
            case ED448, X25519, X448 -> throw new Der.MalformedException("SSH has no keys of type " + key.kind().word);
        };
        byte[] blob = new SshWire.Writer().string(name).raw(open.bytes()).bytes();
        return new SshKey(SshPublicKey.of(blob), secret.bytes(), comment);
    }

    private static byte[] point(ECPublicKey key, int size) {
        int length = (size + 7) / 8;
        return Der.joined(new byte[]{4}, TlsKey.fixed(key.getW().getAffineX(), length),
                TlsKey.fixed(key.getW().getAffineY(), length));
    }

    // Reading.

    static Read read(byte[] file, Optional<String> passphrase) {
        Optional<Pem> pem = Pem.first(file, "PRIVATE KEY");
        if (pem.isEmpty()) {
            return new Read.Broken("there is no private key in it", Optional.empty());
        }
        try {
            if (pem.get().label().equals("OPENSSH PRIVATE KEY")) {
                return ours(pem.get().bytes(), passphrase);
            }
            return switch (TlsKey.read(file, passphrase)) {
                case TlsKey.Read.Broken(String why) -> new Read.Broken(why, Optional.empty());
                case TlsKey.Read.Fine(TlsKey key, _, boolean locked) -> new Read.Fine(of(key, ""), locked, false);
            };
        } catch (Der.MalformedException e) {
            return new Read.Broken("it is broken: " + e.getMessage(), Optional.empty());
        }
    }

    private static Read ours(byte[] bytes, Optional<String> passphrase) {
        var in = new SshWire.Reader(bytes);
        if (!Arrays.equals(in.take(MAGIC.length), MAGIC)) {
            throw new Der.MalformedException("its first bytes are wrong");
        }
        String cipher = in.text();
        in.text(); // how the cipher's key is made: bcrypt, wherever there is one
        byte[] options = in.string();
        if (in.number() != 1) {
            throw new Der.MalformedException("it holds more than one key");
        }
        SshPublicKey open = SshPublicKey.of(in.string());
        byte[] rest = in.string();
        boolean locked = !cipher.equals("none");
        if (locked) {
            if (passphrase.isEmpty()) {
                return new Read.Broken("a passphrase protects it, and none is given", Optional.of(open));
            }
            if (!cipher.equals(CIPHER)) {
                return new Read.Broken("its cipher " + cipher + " is not known here", Optional.of(open));
            }
            rest = locked(Cipher.DECRYPT_MODE, rest, options, passphrase.get());
        }
        var parts = new SshWire.Reader(rest);
        int check = parts.number();
        if (check != parts.number()) {
            return new Read.Broken(locked ? "the passphrase doesn't open it" : "it is broken", Optional.of(open));
        }
        parts.string();
        int fields = open.kind() == SshPublicKey.Kind.RSA
                ? 6
                : open.kind() == SshPublicKey.Kind.DSA ? 5 : open.kind() == SshPublicKey.Kind.ECDSA ? 3 : 2;
        var secret = new SshWire.Writer();
        for (int i = 0; i < fields; i++) {
            secret.string(parts.string());
        }
        return new Read.Fine(new SshKey(open, secret.bytes(), parts.text()), locked, true);
    }

    private static byte[] locked(int mode, byte[] bytes, byte[] options, String passphrase) {
        var in = new SshWire.Reader(options);
        byte[] salt = in.string();
        byte[] key = Bcrypt.derive(passphrase.getBytes(java.nio.charset.StandardCharsets.UTF_8), salt, in.number(),
                KEY + BLOCK);
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, new SecretKeySpec(Arrays.copyOf(key, KEY), "AES"),
                    new IvParameterSpec(Arrays.copyOfRange(key, KEY, KEY + BLOCK)));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    // Writing.

    SshKey withComment(String other) {
        return new SshKey(open, secret, other);
    }

    /** The file's text, in OpenSSH's own form. */
    String text(Optional<String> passphrase) {
        var random = new SecureRandom();
        byte[] check = new byte[4];
        random.nextBytes(check);
        var parts = new SshWire.Writer().raw(check).raw(check).string(open.name()).raw(secret).string(comment);
        int block = passphrase.isPresent() ? BLOCK : 8;
        for (int i = 1; parts.bytes().length % block != 0; i++) {
            parts.raw(new byte[]{(byte) i});
        }
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        byte[] options = passphrase.isPresent()
                ? new SshWire.Writer().string(salt).number(ROUNDS).bytes()
                : new byte[0];
        byte[] rest = passphrase.map(words -> locked(Cipher.ENCRYPT_MODE, parts.bytes(), options, words))
                .orElse(parts.bytes());
        byte[] whole = new SshWire.Writer().raw(MAGIC).string(passphrase.isPresent() ? CIPHER : "none")
                .string(passphrase.isPresent() ? "bcrypt" : "none").string(options).number(1).string(open.blob())
                .string(rest).bytes();
        return new Pem("OPENSSH PRIVATE KEY", whole).text();
    }

    /** The same for Java, which other forms are made of. */
    PrivateKey java() throws GeneralSecurityException {
        var in = new SshWire.Reader(secret);
        return switch (open.kind()) {
            case RSA -> {
                BigInteger n = in.mpint();
                BigInteger e = in.mpint();
                BigInteger d = in.mpint();
                BigInteger inverse = in.mpint();
                BigInteger p = in.mpint();
                BigInteger q = in.mpint();
                yield KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateCrtKeySpec(n, e, d, p, q,
                        d.mod(p.subtract(BigInteger.ONE)), d.mod(q.subtract(BigInteger.ONE)), inverse));
            }
            case DSA -> {
                BigInteger p = in.mpint();
                BigInteger q = in.mpint();
                BigInteger g = in.mpint();
                in.mpint();
                yield KeyFactory.getInstance("DSA").generatePrivate(new DSAPrivateKeySpec(in.mpint(), p, q, g));
            }
            case ECDSA -> {
                String curve = "secp" + in.text().substring("nistp".length()) + "r1";
                in.string();
                AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
                parameters.init(new ECGenParameterSpec(curve));
                yield KeyFactory.getInstance("EC").generatePrivate(
                        new ECPrivateKeySpec(in.mpint(), parameters.getParameterSpec(ECParameterSpec.class)));
            }
            case ED25519 -> {
                in.string();
                byte[] seed = Arrays.copyOf(in.string(), 32);
                yield KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Der.sequence(
                        Der.integer(0), Der.sequence(Der.oid("1.3.101.112")), Der.octets(Der.octets(seed)))));
            }
        };
    }

    /** The same key as TLS has it. */
    TlsKey tls() {
        try {
            return TlsKey.of(java().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A signature as SSH writes it: the algorithm's name, and the signature. */
    byte[] signed(byte[] bytes, String algorithm) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(switch (algorithm) {
            case "rsa-sha2-512" -> "SHA512withRSA";
            case "rsa-sha2-256" -> "SHA256withRSA";
            case "ssh-rsa" -> "SHA1withRSA";
            case "ssh-dss" -> "SHA1withDSA";
            case "ecdsa-sha2-nistp256" -> "SHA256withECDSA";
            case "ecdsa-sha2-nistp384" -> "SHA384withECDSA";
            case "ecdsa-sha2-nistp521" -> "SHA512withECDSA";
            default -> "Ed25519";
        });
        signature.initSign(java());
        signature.update(bytes);
        byte[] plain = signature.sign();
        if (open.kind() == SshPublicKey.Kind.ECDSA || open.kind() == SshPublicKey.Kind.DSA) {
            List<Der> numbers = Der.of(plain).parts();
            plain = open.kind() == SshPublicKey.Kind.ECDSA
                    ? new SshWire.Writer().mpint(numbers.get(0).number()).mpint(numbers.get(1).number()).bytes()
                    : Der.joined(TlsKey.fixed(numbers.get(0).number(), 20),
                            TlsKey.fixed(numbers.get(1).number(), 20));
        }
        return new SshWire.Writer().string(algorithm).string(plain).bytes();
    }

    /** The digest by which people tell keys apart. */
    static String fingerprint(byte[] blob) {
        try {
            return "SHA256:" + Base64.getEncoder().withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(blob));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return open.name() + " key";
    }
}
