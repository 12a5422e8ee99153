package bramble.modules.keys;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The key that OpenSSH makes of a passphrase: bcrypt_pbkdf, which is PBKDF2 with bcrypt over SHA-512 for its hash (man
 * bcrypt_pbkdf). Blowfish's tables are the digits of pi, and are counted out here.
 */
final class Bcrypt {
    private static final int ROWS = 18;
    private static final int BOXES = 4 * 256;
    private static final int HASH = 32; // bytes
    private static final int[] PI = pi(ROWS + BOXES);

    private final int[] rows = Arrays.copyOf(PI, ROWS);
    private final int[] boxes = Arrays.copyOfRange(PI, ROWS, ROWS + BOXES);

    private Bcrypt() {}

    /** Makes so many bytes. */
    static byte[] derive(byte[] passphrase, byte[] salt, int rounds, int length) {
        byte[] secret = sha512(passphrase);
        int stride = (length + HASH - 1) / HASH;
        int amount = (length + stride - 1) / stride;
        byte[] key = new byte[length];
        for (int block = 0; block < stride; block++) {
            byte[] counted = ByteBuffer.allocate(salt.length + 4).put(salt).putInt(block + 1).array();
            byte[] last = hash(secret, sha512(counted));
            byte[] sum = last.clone();
            for (int round = 1; round < rounds; round++) {
                last = hash(secret, sha512(last));
                for (int i = 0; i < HASH; i++) {
                    sum[i] ^= last[i];
                }
            }
            for (int i = 0; i < amount && i * stride + block < length; i++) {
                key[i * stride + block] = sum[i];
            }
        }
        return key;
    }

    private static byte[] hash(byte[] secret, byte[] salt) {
        var blowfish = new Bcrypt();
        blowfish.expand(secret, salt);
        for (int i = 0; i < 64; i++) {
            blowfish.expand(salt, new byte[0]);
            blowfish.expand(secret, new byte[0]);
        }
        int[] text = words("OxychromaticBlowfishSwatDynamite".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 64; i++) {
            for (int at = 0; at < text.length; at += 2) {
                blowfish.encrypt(text, at);
            }
        }
        ByteBuffer out = ByteBuffer.allocate(HASH).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : text) {
            out.putInt(word);
        }
        return out.array();
    }

    private static int[] words(byte[] bytes) {
        int[] words = new int[bytes.length / 4];
        ByteBuffer.wrap(bytes).asIntBuffer().get(words);
        return words;
    }

    /** Mixes a key into the tables, and salt if there is any. Both are 64 bytes long. */
    private void expand(byte[] key, byte[] salt) {
        int[] mixed = words(key);
        int[] salted = words(salt);
        for (int i = 0; i < ROWS; i++) {
            rows[i] ^= mixed[i % mixed.length];
        }
        int[] pair = new int[2];
        int at = 0;
        for (int[] table : new int[][]{rows, boxes}) {
            for (int i = 0; i < table.length; i += 2) {
                if (salted.length > 0) {
                    pair[0] ^= salted[at % salted.length];
                    pair[1] ^= salted[(at + 1) % salted.length];
                    at += 2;
                }
                encrypt(pair, 0);
                table[i] = pair[0];
                table[i + 1] = pair[1];
            }
        }
    }

    private void encrypt(int[] words, int at) {
        int left = words[at] ^ rows[0];
        int right = words[at + 1];
        for (int i = 1; i < ROWS - 1; i += 2) {
            right ^= mix(left) ^ rows[i];
            left ^= mix(right) ^ rows[i + 1];
        }
        words[at] = right ^ rows[ROWS - 1];
        words[at + 1] = left;
    }

    private int mix(int word) {
        return ((boxes[word >>> 24] + boxes[256 + ((word >>> 16) & 0xFF)]) ^ boxes[512 + ((word >>> 8) & 0xFF)])
                + boxes[768 + (word & 0xFF)];
    }

    private static byte[] sha512(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first words of the fraction of pi, by Machin's formula. */
    private static int[] pi(int words) {
        int bits = 32 * words;
        int spare = 64;
        BigInteger one = BigInteger.ONE.shiftLeft(bits + spare);
        BigInteger pi = arctan(5, one).multiply(BigInteger.valueOf(16))
                .subtract(arctan(239, one).multiply(BigInteger.valueOf(4)));
        BigInteger fraction = pi.subtract(one.multiply(BigInteger.valueOf(3))).shiftRight(spare);
        return words(TlsKey.fixed(fraction, bits / 8));
    }

    /** The angle whose tangent is one part of the number, in parts of {@code one}. */
    private static BigInteger arctan(int number, BigInteger one) {
        BigInteger square = BigInteger.valueOf((long) number * number);
        BigInteger power = one.divide(BigInteger.valueOf(number));
        BigInteger sum = power;
        for (int i = 3; power.signum() != 0; i += 2) {
            power = power.divide(square);
            BigInteger term = power.divide(BigInteger.valueOf(i));
            sum = i % 4 == 3 ? sum.subtract(term) : sum.add(term);
        }
        return sum;
    }
}
