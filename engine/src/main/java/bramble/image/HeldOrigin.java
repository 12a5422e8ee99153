package bramble.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image that was brought to this machine into an open file, which may have no name any more: then nothing stays of it, however this ends.
 *
 * @param shown where it came from
 */
record HeldOrigin(FileChannel held, String shown) implements Origin {
    @Override
    public String name() {
        return shown.substring(shown.lastIndexOf('/') + 1);
    }

    @Override
    public Optional<Path> file() {
        return Optional.empty();
    }

    @Override
    public Packed open() throws IOException {
        return new Packed(new FromBeginning(held), held.size(), "");
    }

    @Override
    public ByteBuffer end(int bytes) throws IOException {
        return end(held, bytes);
    }

    /** The last bytes of a file; fewer if it has no more. */
    static ByteBuffer end(FileChannel file, int bytes) throws IOException {
        long at = Math.max(0, file.size() - bytes);
        ByteBuffer end = ByteBuffer.allocate((int) Math.min(bytes, file.size()));
        while (end.hasRemaining() && file.read(end, at + end.position()) >= 0) {
            // until it is full
        }
        return end.flip();
    }

    @Override
    public Optional<String> beside(String name) {
        return Optional.empty();
    }

    /** Reads it by itself, wherever others are in it; closing leaves it open. */
    private static final class FromBeginning extends InputStream {
        private final FileChannel held;
        private long at;

        FromBeginning(FileChannel held) {
            this.held = held;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int read = held.read(ByteBuffer.wrap(bytes, offset, length), at);
            at += Math.max(0, read);
            return read;
        }
    }
}
