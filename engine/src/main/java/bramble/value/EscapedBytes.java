package bramble.value;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Any bytes as a text, and back without loss: UTF-8, in which a byte that is none becomes a lone surrogate, U+DC80 to U+DCFF, as
 * Python's surrogateescape has it. Where such a text is shown, there is a question mark for it.
 *
 * @see <a href="https://peps.python.org/pep-0383/">PEP 383</a>
 */
public final class EscapedBytes {
    private static final char REPLACEMENT = '\uFFFD';

    private EscapedBytes() {}

    public static String decode(byte[] bytes) {
        var plain = new String(bytes, StandardCharsets.UTF_8);
        return plain.indexOf(REPLACEMENT) < 0 ? plain : escaped(bytes);
    }

    private static String escaped(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 | (in.get() & 0xFF)));
            }
            result = decoder.decode(in, out, true);
        }
        return out.flip().toString();
    }

    /** The bytes of a text, those that {@link #decode} escaped as they were. */
    public static byte[] encode(String text) {
        int from = next(text, 0);
        if (from == text.length()) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var out = new ByteArrayOutputStream();
        int written = 0;
        for (int i = from; i < text.length(); i = next(text, i + 1)) {
            out.writeBytes(text.substring(written, i).getBytes(StandardCharsets.UTF_8));
            out.write(text.charAt(i) & 0xFF);
            written = i + 1;
        }
        out.writeBytes(text.substring(written).getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    /** Where the next escaped byte stands, or the text's length. */
    private static int next(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '\uDC80' && c <= '\uDCFF' && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)))) {
                return i;
            }
        }
        return text.length();
    }
}
