package bramble.vault;

import bramble.crypto.FastPbkdf2;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a password and a salt make together: PBKDF2 with HMAC-SHA256, 10,000 rounds, 80 bytes: the AES key, the key of the
 * checksum, and the counter's start. Making it takes milliseconds, using it takes none.
 */
final class Keys {
    private static final int ROUNDS = 10_000;
    private static final int KEY = 32;
    private static final int BLOCK = 16;
    private static final String HMAC = "HmacSHA256";

    private final byte[] bytes;

    private Keys(byte[] bytes) {
        this.bytes = bytes;
    }

    static Keys derive(Identity identity, byte[] salt) {
        byte[] password = new String(identity.password()).getBytes(StandardCharsets.UTF_8);
        return new Keys(FastPbkdf2.key(password, salt, ROUNDS, KEY + KEY + BLOCK)
                .orElseGet(() -> derivedByJava(identity.password(), salt)));
    }

    private static byte[] derivedByJava(char[] password, byte[] salt) {
        var spec = new PBEKeySpec(password, salt, ROUNDS, (KEY + KEY + BLOCK) * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks PBKDF2", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** The plain text, if these are the right keys; the checksum is compared first, in constant time. */
    Optional<byte[]> open(Envelope envelope) {
        if (!MessageDigest.isEqual(hmac(envelope.encrypted()), envelope.hmac())) {
            return Optional.empty();
        }
        byte[] padded = aes(Cipher.DECRYPT_MODE, envelope.encrypted());
        int padding = padded.length == 0 ? 0 : padded[padded.length - 1];
        return Optional
                .of(Arrays.copyOf(padded, padded.length - Math.clamp(padding, 0, Math.min(BLOCK, padded.length))));
    }

    Envelope seal(String label, byte[] salt, byte[] plain) {
        int padding = BLOCK - plain.length % BLOCK;
        byte[] padded = Arrays.copyOf(plain, plain.length + padding);
        Arrays.fill(padded, plain.length, padded.length, (byte) padding);
        byte[] encrypted = aes(Cipher.ENCRYPT_MODE, padded);
        return new Envelope(label, salt, hmac(encrypted), encrypted);
    }

    private byte[] hmac(byte[] encrypted) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, KEY, KEY, HMAC));
            return mac.doFinal(encrypted);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA256", e);
        }
    }

    private byte[] aes(int mode, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, new SecretKeySpec(bytes, 0, KEY, "AES"), new IvParameterSpec(bytes, KEY + KEY, BLOCK));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES in counter mode", e);
        }
    }
}
