package bramble.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** An image's bytes as they are published, counted on their way. */
final class Packed extends FilterInputStream {
    private final long size;
    private final String version;
    private final AtomicLong taken = new AtomicLong();

    /** What the place of the image can't be read for, in contrast to what is amiss with the image. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        private UnreadableException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Begins to count.
     *
     * @param size how many bytes it is said to have; -1 if nobody says
     * @param version differs from what it was before, if the image does
     */
    Packed(InputStream in, long size, String version) {
        super(in);
        this.size = size;
        this.version = version;
    }

    long size() {
        return size;
    }

    String version() {
        return version;
    }

    /** How many bytes were read. */
    long taken() {
        return taken.get();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int read = in.read(bytes, offset, length);
            if (read > 0) {
                taken.addAndGet(read);
            }
            return read;
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    @Override
    public long skip(long bytes) throws IOException {
        return readNBytes((int) Math.min(bytes, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
