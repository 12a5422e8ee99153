package bramble.shell;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Takes one stream of a shell apart: the bytes before each mark were printed by one piece, exactly. */
final class Catcher {
    private final byte[] mark;
    private final int expected;
    private final int limit;
    private final Consumer<String> live;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final List<Part> parts = new ArrayList<>();
    private ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean cut;
    private boolean marked; // the mark was seen, the rest of its line not yet
    private byte[] open = new byte[0]; // may be the beginning of a mark, or of the rest of its line

    /**
     * What one piece printed.
     *
     * @param word what stood behind the mark
     * @param cut whether more was printed than is kept
     */
    record Part(byte[] bytes, boolean cut, String word) {}

    /**
     * @param expected the number of pieces
     * @param limit the number of bytes that are kept of each
     */
    Catcher(String mark, int expected, int limit, Consumer<String> live) {
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        this.expected = expected;
        this.limit = limit;
        this.live = live;
    }

    boolean done() {
        return parts.size() == expected;
    }

    List<Part> parts() {
        return parts;
    }

    /** How many pieces have ended. */
    int ended() {
        return parts.size();
    }

    void feed(byte[] chunk) {
        byte[] bytes = Arrays.copyOf(open, open.length + chunk.length);
        System.arraycopy(chunk, 0, bytes, open.length, chunk.length);
        int from = 0;
        while (!done()) {
            int end = marked ? newline(bytes, from) : find(bytes, from);
            if (end < 0) {
                break;
            }
            if (marked) {
                String word = new String(bytes, from, end - from, StandardCharsets.UTF_8).strip();
                parts.add(new Part(kept.toByteArray(), cut, word));
                kept = new ByteArrayOutputStream();
                cut = false;
                decoder.reset();
                from = end + 1;
            } else {
                print(bytes, from, end - from);
                from = end + mark.length;
            }
            marked = !marked;
        }
        if (done()) {
            from = bytes.length;
        } else if (!marked) {
            int sure = Math.max(from, bytes.length - mark.length + 1);
            print(bytes, from, sure - from);
            from = sure;
        }
        open = Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private void print(byte[] bytes, int from, int length) {
        int room = Math.min(length, limit - kept.size());
        kept.write(bytes, from, room);
        cut |= room < length;
        if (length > 0) {
            CharBuffer text = CharBuffer.allocate(length + 4);
            decoder.decode(ByteBuffer.wrap(bytes, from, length), text, false);
            live.accept(text.flip().toString());
        }
    }

    private static int newline(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private int find(byte[] bytes, int from) {
        for (int i = from; i <= bytes.length - mark.length; i++) {
            if (bytes[i] == mark[0] && Arrays.equals(bytes, i, i + mark.length, mark, 0, mark.length)) {
                return i;
            }
        }
        return -1;
    }
}
