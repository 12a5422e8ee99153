package bramble.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A card whose first sectors aren't on it yet, but are kept here until it is finished: all of it, to be read and to be changed. */
final class Held implements Bytes {
    private final Region card;
    private final byte[] first;

    /** @param first what is kept back */
    Held(Region card, ByteBuffer first) {
        this.card = card;
        this.first = new byte[first.remaining()];
        first.get(first.position(), this.first);
    }

    @Override
    public long length() {
        return card.length();
    }

    @Override
    public ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int kept = kept(at, bytes);
        if (kept > 0) {
            read.put(first, (int) at, kept);
        }
        if (kept < bytes) {
            read.put(card.read(at + kept, bytes - kept));
        }
        return read.flip();
    }

    void write(long at, byte[] bytes) throws IOException {
        int kept = kept(at, bytes.length);
        if (kept > 0) {
            System.arraycopy(bytes, 0, first, (int) at, kept);
        }
        if (kept < bytes.length) {
            card.write(at + kept, java.util.Arrays.copyOfRange(bytes, kept, bytes.length));
        }
    }

    private int kept(long at, int bytes) {
        return (int) Math.clamp(first.length - at, 0L, bytes);
    }

    /** What is to be written at last. */
    ByteBuffer first() {
        return ByteBuffer.wrap(first).asReadOnlyBuffer();
    }
}
