package bramble.vault;

import bramble.crypto.FastPbkdf2;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
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
        return new Keys(FastPbkdf2.key(identity.password(), salt, ROUNDS, KEY + KEY + BLOCK)
                .orElseGet(() -> derivedByJava(identity.password(), salt, ROUNDS, KEY + KEY + BLOCK)));
    }

    /** The same where there is no libcrypto. Java's own takes letters, not bytes. */
    static byte[] derivedByJava(byte[] password, byte[] salt, int rounds, int length) {
        byte[] key = new byte[length];
        Mac mac = mac(new SecretKeySpec(password.length == 0 ? new byte[1] : password, HMAC));
        for (int block = 0; block * KEY < length; block++) {
            mac.update(salt);
            byte[] last = mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(block + 1).array());
            byte[] sum = last.clone();
            for (int round = 1; round < rounds; round++) {
                last = mac.doFinal(last);
                for (int i = 0; i < KEY; i++) {
                    sum[i] ^= last[i];
                }
            }
            System.arraycopy(sum, 0, key, block * KEY, Math.min(KEY, length - block * KEY));
        }
        return key;
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA256", e);
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
        return mac(new SecretKeySpec(bytes, KEY, KEY, HMAC)).doFinal(encrypted);
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
