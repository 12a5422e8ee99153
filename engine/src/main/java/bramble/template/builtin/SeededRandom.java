package bramble.template.builtin;

import bramble.template.Python;
import bramble.value.PythonText;
import bramble.value.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The numbers that Python's {@code random.Random(seed)} gives: a playbook's {@code 60 | random(seed=inventory_hostname)}
 * stays what it was under Ansible.
 *
 * @see <a href="http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/emt.html">Mersenne Twister</a>
 */
final class SeededRandom implements RandomGenerator {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;

    private final int[] state = new int[SIZE];
    private int at = SIZE;

    SeededRandom(Value seed) {
        BigInteger number = Python.integer(seed).map(BigInteger::abs).orElseGet(() -> ofText(PythonText.of(seed)));
        int words = Math.max(1, (number.bitLength() + 31) / 32);
        var key = new int[words];
        for (int i = 0; i < words; i++) {
            key[i] = number.shiftRight(32 * i).intValue();
        }
        fill(key);
    }

    /** A text's number: its bytes and their SHA-512. */
    private static BigInteger ofText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] digest = DigestUtils.sha512(bytes);
        var all = new byte[bytes.length + digest.length];
        System.arraycopy(bytes, 0, all, 0, bytes.length);
        System.arraycopy(digest, 0, all, bytes.length, digest.length);
        return new BigInteger(1, all);
    }

    private void fill(int[] key) {
        state[0] = 19650218;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * mixed(i) + i;
        }
        int i = 1;
        int j = 0;
        for (int k = Math.max(SIZE, key.length); k > 0; k--) {
            state[i] = (state[i] ^ (mixed(i) * 1664525)) + key[j] + j;
            j = (j + 1) % key.length;
            i = next(i);
        }
        for (int k = SIZE - 1; k > 0; k--) {
            state[i] = (state[i] ^ (mixed(i) * 1566083941)) - i;
            i = next(i);
        }
        state[0] = 0x80000000;
    }

    private int mixed(int i) {
        return state[i - 1] ^ (state[i - 1] >>> 30);
    }

    private int next(int i) {
        if (i + 1 < SIZE) {
            return i + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    private int word() {
        if (at == SIZE) {
            for (int i = 0; i < SIZE; i++) {
                int bits = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
                state[i] = state[(i + SHIFT) % SIZE] ^ (bits >>> 1) ^ ((bits & 1) == 0 ? 0 : 0x9908b0df);
            }
            at = 0;
        }
        int bits = state[at++];
        bits ^= bits >>> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >>> 18);
    }

    /** So many random bits, the lowest first. */
    private long bits(int count) {
        if (count <= 32) {
            return Integer.toUnsignedLong(word()) >>> (32 - count);
        }
        long low = Integer.toUnsignedLong(word());
        return low | ((Integer.toUnsignedLong(word()) >>> (64 - count)) << 32);
    }

    @Override
    public long nextLong(long bound) {
        int count = 64 - Long.numberOfLeadingZeros(bound);
        long bits = bits(count);
        while (bits >= bound) {
            bits = bits(count);
        }
        return bits;
    }

    @Override
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    @Override
    public int nextInt() {
        return word();
    }

    @Override
    public long nextLong() {
        return bits(64);
    }
}
