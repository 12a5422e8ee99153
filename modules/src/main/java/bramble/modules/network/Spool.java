package bramble.modules.network;

import bramble.shell.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** Bytes on their way through the controller, in a file without a name: it is gone when nobody needs it any more. */
public final class Spool {
    private Spool() {}

    /** All bytes of the stream, kept until nobody needs them. */
    public static Content of(InputStream in) throws IOException {
        return of(in, _ -> {});
    }

    /** @param came hears how many bytes came so far */
    static Content of(InputStream in, LongConsumer came) throws IOException {
        Path file = Files.createTempFile("bramble", ".part");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int n; (n = in.read(buffer)) >= 0;) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                came.accept(channel.position());
            }
            return new Content.Kept(channel.size(), () -> new Reader(channel));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads it from its start; closing this leaves it open for the next. */
    private static final class Reader extends InputStream {
        private final FileChannel channel;
        private long at;

        Reader(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = channel.read(ByteBuffer.wrap(bytes, from, length), at);
            at += Math.max(0, n);
            return n;
        }
    }
}
