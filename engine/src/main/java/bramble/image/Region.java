package bramble.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * A part of a file or of a device, a partition say. Positions count from its beginning; nothing outside of it is read or written.
 *
 * @param start where it begins, in bytes
 * @param length how many bytes it has
 */
public record Region(FileChannel channel, long start, long length) implements Bytes {
    public Region {
        if (start < 0 || length < 0) {
            throw new IllegalArgumentException("a region from " + start + " of " + length + " bytes");
        }
    }

    /** All of a file or a device. */
    public static Region whole(FileChannel channel) throws IOException {
        return new Region(channel, 0, channel.size());
    }

    /**
     * A part of this one.
     *
     * @throws IOException if it isn't wholly within this one
     */
    public Region part(long from, long bytes) throws IOException {
        within(from, bytes);
        return new Region(channel, start + from, bytes);
    }

    @Override
    public ByteBuffer read(long at, int bytes) throws IOException {
        Region part = part(at, bytes);
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, part.start + buffer.position()) < 0) {
                throw new EOFException("it ends at byte " + (at + buffer.position()));
            }
        }
        return buffer.flip();
    }

    void write(long at, byte[] bytes) throws IOException {
        Region part = part(at, bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, part.start + buffer.position());
        }
    }
}
