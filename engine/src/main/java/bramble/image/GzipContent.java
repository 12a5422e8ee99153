package bramble.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A file of gzip, which may consist of several members. Unlike the JDK's stream it never takes a broken member for the end, and it
 * unpacks straight to where the bytes are wanted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class GzipContent implements Content {
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final long atLeast;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] input = new byte[1 << 17];
    private int position;
    private int limit;
    private boolean within;

    /** @param atLeast how many bytes the last member has, modulo 2^32; 0 if that isn't known */
    GzipContent(InputStream in, long atLeast) {
        this.in = in;
        this.atLeast = atLeast;
    }

    @Override
    public long atLeast() {
        return atLeast;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            while (true) {
                if (!within && !begin()) {
                    return -1;
                }
                if (inflater.needsInput()) {
                    fill();
                    inflater.setInput(input, position, limit - position);
                }
                ByteBuffer written = into.duplicate();
                int read = inflater.inflate(into);
                if (read > 0) {
                    crc.update(written.limit(into.position()));
                }
                position = limit - inflater.getRemaining();
                if (inflater.finished()) {
                    end();
                } else if (inflater.needsDictionary()) {
                    throw new IOException("it needs a dictionary");
                }
                if (read > 0) {
                    return read;
                }
            }
        } catch (DataFormatException e) {
            throw new IOException(e.getMessage() == null ? "it is no gzip" : e.getMessage(), e);
        }
    }

    /** Reads a member's header; false at the end of the file, where zeros may stand. */
    private boolean begin() throws IOException {
        int first = next();
        while (first == 0) {
            first = next();
        }
        if (first < 0) {
            return false;
        }
        if (first != 0x1f || must() != 0x8b || must() != 8) {
            throw new IOException("what follows the first part is no gzip");
        }
        int flags = must();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(must() | must() << 8);
        }
        for (int text : new int[]{NAME, COMMENT}) {
            while ((flags & text) != 0 && must() != 0) {
                // until it ends
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        crc.reset();
        within = true;
        return true;
    }

    private void end() throws IOException {
        long expected = number();
        long length = number();
        if (expected != crc.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new IOException("its own checksum is another one");
        }
        within = false;
    }

    private long number() throws IOException {
        return must() | must() << 8 | must() << 16 | (long) must() << 24;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            must();
        }
    }

    private int must() throws IOException {
        int next = next();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }

    private int next() throws IOException {
        if (position == limit) {
            limit = Math.max(0, in.read(input));
            position = 0;
            if (limit == 0) {
                return -1;
            }
        }
        return input[position++] & 0xff;
    }

    private void fill() throws IOException {
        if (position == limit) {
            if (next() < 0) {
                throw new EOFException();
            }
            position = 0;
        }
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
