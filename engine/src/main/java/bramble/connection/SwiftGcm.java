package bramble.connection;

import bramble.crypto.FastGcm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection that is encrypted by AES-GCM: libcrypto takes over when it has become clear that much goes that way, and
 * sooner when it is loaded anyway.
 */
final class SwiftGcm {
    private static final int NONCE = 12;
    private static final int COUNTER = 4; // where the nonce's part begins that is counted up, see RFC 5647
    private static final long SOME = 64 << 10;
    private static final long MUCH = 2 << 20; // bytes; to load libcrypto costs as much as Java's own cipher takes for them

    private final boolean encrypts;
    private final byte[] key;
    private final ByteBuffer nonce;
    private long bytes;
    private byte[] open = new byte[0];
    private @Nullable FastGcm fast;
    private boolean none;

    SwiftGcm(boolean encrypts, byte[] key, byte[] nonce) {
        this.encrypts = encrypts;
        this.key = key;
        this.nonce = ByteBuffer.wrap(Arrays.copyOf(nonce, NONCE));
    }

    /** Whether libcrypto does the next packet. */
    boolean takes() {
        if (fast == null && !none && bytes > (FastGcm.ready() ? SOME : MUCH)) {
            Optional<FastGcm> found = FastGcm.of(encrypts, key);
            fast = found.orElse(null);
            none = found.isEmpty();
        }
        return fast != null;
    }

    void open(byte[] from, int offset, int length) {
        open = Arrays.copyOfRange(from, offset, offset + length);
    }

    void packet(byte[] in, int from, int length, byte[] out, int to) throws Exception {
        if (fast != null) {
            fast.packet(nonce.array(), open, in, from, length, out, to);
        }
    }

    /** One packet is over, whoever has done it. */
    void next(int length) {
        nonce.putLong(COUNTER, nonce.getLong(COUNTER) + 1);
        bytes += length;
    }
}
