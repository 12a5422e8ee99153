package bramble.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That libcrypto gives what Java's own ciphers and digests give. */
class FastTest {
    private final Random random = new Random(1);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"16, 1", "16, 16", "32, 33000", "16, 65536"})
    void encryptsAsJavaDoes(int size, int length) throws Exception {
        byte[] key = bytes(size);
        Optional<FastGcm> out = FastGcm.of(true, key);
        Optional<FastGcm> in = FastGcm.of(false, key);
        assumeTrue(out.isPresent() && in.isPresent(), "there is no libcrypto here");
        for (int i = 0; i < 3; i++) { // each packet with a nonce of its own
            byte[] nonce = bytes(12);
            byte[] open = bytes(4);
            byte[] plain = bytes(length);
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD(open);
            byte[] expected = cipher.doFinal(plain);
            byte[] place = Arrays.copyOf(plain, length + FastGcm.TAG);
            out.get().packet(nonce, open, place, 0, length, place, 0);
            assertArrayEquals(expected, place);
            byte[] spoilt = place.clone();
            spoilt[length / 2] ^= 1;
            assertThrows(AEADBadTagException.class,
                    () -> in.get().packet(nonce, open, spoilt, 0, spoilt.length, spoilt, 0));
            in.get().packet(nonce, open, place, 0, place.length, place, 0);
            assertArrayEquals(plain, Arrays.copyOf(place, length));
        }
    }

    @Test
    void derivesAsJavaDoes() throws Exception {
        byte[] salt = bytes(32);
        byte[] expected = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec("p\u00e4ss".toCharArray(), salt, 1000, 640)).getEncoded();
        Optional<byte[]> key = FastPbkdf2.key("p\u00e4ss".getBytes(StandardCharsets.UTF_8), salt, 1000, 80);
        assumeTrue(key.isPresent(), "there is no libcrypto here");
        assertArrayEquals(expected, key.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"})
    void countsAsJavaDoes(String algorithm) throws Exception {
        byte[] bytes = bytes(600_001);
        String expected = HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        Optional<String> counted = FastDigest.of(new ByteArrayInputStream(bytes), algorithm);
        assumeTrue(counted.isPresent(), "there is no libcrypto here, or it has no " + algorithm);
        assertEquals(expected, counted.get());
    }
}
