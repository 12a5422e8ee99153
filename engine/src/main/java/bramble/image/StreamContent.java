package bramble.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** What a stream gives. */
class StreamContent implements Content {
    private final InputStream in;
    private final long size;
    private final byte[] buffer = new byte[1 << 18];

    StreamContent(InputStream in, long size) {
        this.in = in;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int read = in.read(buffer, 0, Math.min(buffer.length, into.remaining()));
        if (read > 0) {
            into.put(buffer, 0, read);
        }
        return read;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
