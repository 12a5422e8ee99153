package bramble.modules.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Texts and numbers one after another, as SSH has them (RFC 4251, section 5). */
final class SshWire {
    private SshWire() {}

    /** Reads them. */
    static final class Reader {
        private final ByteBuffer bytes;

        Reader(byte[] bytes) {
            this.bytes = ByteBuffer.wrap(bytes);
        }

        byte[] take(int length) {
            if (length < 0 || length > bytes.remaining()) {
                throw new Der.MalformedException("it is cut off");
            }
            byte[] taken = new byte[length];
            bytes.get(taken);
            return taken;
        }

        int number() {
            return new BigInteger(take(4)).intValue();
        }

        long longNumber() {
            return new BigInteger(take(8)).longValue();
        }

        byte[] string() {
            return take(number());
        }

        String text() {
            return new String(string(), StandardCharsets.UTF_8);
        }

        BigInteger mpint() {
            byte[] digits = string();
            return digits.length == 0 ? BigInteger.ZERO : new BigInteger(digits);
        }

        boolean hasMore() {
            return bytes.hasRemaining();
        }

        byte[] rest() {
            return take(bytes.remaining());
        }
    }

    /** Writes them. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Writer number(long number) {
            return raw(TlsKey.fixed(BigInteger.valueOf(number), 4));
        }

        Writer longNumber(BigInteger number) {
            return raw(TlsKey.fixed(number, 8));
        }

        Writer string(byte[] bytes) {
            return number(bytes.length).raw(bytes);
        }

        Writer string(String text) {
            return string(text.getBytes(StandardCharsets.UTF_8));
        }

        Writer mpint(BigInteger number) {
            return string(number.signum() == 0 ? new byte[0] : number.toByteArray());
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
