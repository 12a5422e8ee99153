package bramble.image;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What an image's bytes come to: a digest of all, and two sums of each part, by which a card is compared. The sums are counted as fast
 * as any device reads, and tell where a card is wrong.
 */
final class Digests {
    private final MessageDigest all = Checksum.digest("SHA-256");
    private final List<Long> sums = new ArrayList<>();
    private final boolean parts;

    /** @param parts whether anybody will want the sums of the parts */
    Digests(boolean parts) {
        this.parts = parts;
    }

    void add(ByteBuffer chunk) {
        if (parts) {
            sums.add(sum(chunk.duplicate()));
        }
        all.update(chunk);
    }

    /** The two sums of a part, of 32 bits each. */
    static long sum(ByteBuffer chunk) {
        var one = new CRC32C();
        one.update(chunk.duplicate());
        var other = new CRC32();
        other.update(chunk);
        return one.getValue() << 32 | other.getValue();
    }

    List<Long> sums() {
        return List.copyOf(sums);
    }

    String sha256() {
        return HexFormat.of().formatHex(all.digest());
    }
}
