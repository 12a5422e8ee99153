package bramble.template.builtin;

import bramble.template.TemplateException;
import java.math.BigInteger;
import java.util.Arrays;

/** The bcrypt password hash, as Provos and Mazières describe it ("A Future-Adaptable Password Scheme", 1999). */
final class Bcrypt {
    private static final String ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ROUNDS = 16;
    private static final int SUBKEYS = ROUNDS + 2;
    private static final int BOX = 256;
    private static final int[] MAGIC = {0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274};

    private final int[] subkeys;
    private final int[] boxes;

    private Bcrypt(int[] pi) {
        subkeys = Arrays.copyOf(pi, SUBKEYS);
        boxes = Arrays.copyOfRange(pi, SUBKEYS, SUBKEYS + 4 * BOX);
    }

    /**
     * The hash with its parameters in front.
     *
     * @param cost the logarithm, to base 2, of the number of rounds
     * @param salt 22 characters of bcrypt's own base64
     */
    static String hash(byte[] password, String ident, int cost, String salt) {
        if (salt.length() != 22) {
            throw new TemplateException("a bcrypt salt has exactly 22 characters, not " + salt.length());
        }
        if (cost < 4 || cost > 31) {
            throw new TemplateException("bcrypt rounds must be between 4 and 31, not " + cost);
        }
        byte[] saltBytes = decode(salt, 16);
        byte[] key = Arrays.copyOf(password, Math.min(password.length, 71) + 1); // ends with a zero byte
        var state = new Bcrypt(pi());
        state.expand(key, saltBytes);
        for (long i = 0; i < 1L << cost; i++) {
            state.expand(key, new byte[16]);
            state.expand(saltBytes, new byte[16]);
        }
        byte[] hashed = new byte[24];
        int[] block = MAGIC.clone();
        for (int pair = 0; pair < block.length; pair += 2) {
            for (int i = 0; i < 64; i++) {
                state.encrypt(block, pair);
            }
        }
        for (int i = 0; i < hashed.length; i++) {
            hashed[i] = (byte) (block[i / 4] >>> (24 - 8 * (i % 4)));
        }
        String usedSalt = encode(saltBytes, 16);
        return "$" + ident + "$" + (cost < 10 ? "0" : "") + cost + "$" + usedSalt + encode(hashed, 23);
    }

    private void expand(byte[] key, byte[] salt) {
        for (int i = 0; i < SUBKEYS; i++) {
            subkeys[i] ^= word(key, i);
        }
        int[] block = new int[2];
        int used = 0;
        for (int i = 0; i < SUBKEYS + 4 * BOX; i += 2) {
            block[0] ^= word(salt, used);
            block[1] ^= word(salt, used + 1);
            used = (used + 2) % 4;
            encrypt(block, 0);
            int[] target = i < SUBKEYS ? subkeys : boxes;
            int at = i < SUBKEYS ? i : i - SUBKEYS;
            target[at] = block[0];
            target[at + 1] = block[1];
        }
    }

    /** The n-th word of bytes that are repeated without end. */
    private static int word(byte[] bytes, int n) {
        int word = 0;
        for (int i = 0; i < 4; i++) {
            word = word << 8 | (bytes[(4 * n + i) % bytes.length] & 0xff);
        }
        return word;
    }

    private void encrypt(int[] block, int at) {
        int left = block[at];
        int right = block[at + 1];
        for (int round = 0; round < ROUNDS; round += 2) {
            left ^= subkeys[round];
            right ^= mix(left);
            right ^= subkeys[round + 1];
            left ^= mix(right);
        }
        block[at] = right ^ subkeys[ROUNDS + 1];
        block[at + 1] = left ^ subkeys[ROUNDS];
    }

    private int mix(int word) {
        int mixed = boxes[word >>> 24] + boxes[BOX + (word >>> 16 & 0xff)];
        mixed ^= boxes[2 * BOX + (word >>> 8 & 0xff)];
        return mixed + boxes[3 * BOX + (word & 0xff)];
    }

    /** Blowfish starts from the binary digits of pi's fraction: words of 32 bits. Machin's formula gives them. */
    private static int[] pi() {
        int words = SUBKEYS + 4 * BOX;
        int guard = 64;
        int bits = 32 * words + guard;
        BigInteger one = BigInteger.ONE.shiftLeft(bits);
        BigInteger pi = arctan(5, one).multiply(BigInteger.valueOf(16))
                .subtract(arctan(239, one).multiply(BigInteger.valueOf(4)));
        BigInteger fraction = pi.subtract(one.multiply(BigInteger.valueOf(3))).shiftRight(guard);
        int[] digits = new int[words];
        for (int i = words - 1; i >= 0; i--) {
            digits[i] = fraction.intValue();
            fraction = fraction.shiftRight(32);
        }
        return digits;
    }

    /** The arc tangent of 1/x, in units of 1/one. */
    private static BigInteger arctan(int x, BigInteger one) {
        BigInteger square = BigInteger.valueOf((long) x * x);
        BigInteger power = one.divide(BigInteger.valueOf(x));
        BigInteger sum = power;
        for (int n = 3; power.signum() != 0; n += 2) {
            power = power.divide(square).negate();
            sum = sum.add(power.divide(BigInteger.valueOf(n)));
        }
        return sum;
    }

    private static byte[] decode(String text, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length * 8; i++) {
            int bit = ALPHABET.indexOf(text.charAt(i / 6)) >>> (5 - i % 6) & 1;
            bytes[i / 8] |= (byte) (bit << (7 - i % 8));
        }
        return bytes;
    }

    private static String encode(byte[] bytes, int length) {
        var text = new StringBuilder();
        for (int start = 0; start < length * 8; start += 6) {
            int letter = 0;
            for (int i = start; i < start + 6; i++) {
                letter = letter << 1 | (i < length * 8 ? bytes[i / 8] >>> (7 - i % 8) & 1 : 0);
            }
            text.append(ALPHABET.charAt(letter));
        }
        return text.toString();
    }
}
