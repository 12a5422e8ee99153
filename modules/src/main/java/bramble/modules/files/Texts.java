package bramble.modules.files;

import bramble.module.Diff;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Files as texts: read without loss, and shown as differences. */
final class Texts {
    /** Ansible's {@code max_diff_size}: larger contents are not shown. */
    static final int SHOWN = 104_448;

    private Texts() {}

    /** UTF-8; a byte that is none becomes a lone surrogate, U+DC80 to U+DCFF, as Python's surrogateescape has it. */
    static String decode(byte[] bytes) {
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
    static byte[] encode(String text) {
        var out = new ByteArrayOutputStream();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
            if (c >= 0xDC80 && c <= 0xDCFF && !pair) {
                out.writeBytes(text.substring(from, i).getBytes(StandardCharsets.UTF_8));
                out.write(c & 0xFF);
                from = i + 1;
            }
        }
        out.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    /** The difference of two contents; what can't be shown is named instead, in Ansible's words. */
    static Diff diff(String header, byte[] before, byte[] after) {
        String hidden = binary(before)
                ? "destination file appears to be binary"
                : before.length > SHOWN
                        ? "destination file size is greater than " + SHOWN
                        : binary(after)
                                ? "source file appears to be binary"
                                : after.length > SHOWN ? "source file size is greater than " + SHOWN : "";
        if (!hidden.isEmpty()) {
            return hidden(hidden);
        }
        return Diff.text(header, decode(before), decode(after));
    }

    static Diff hidden(String why) {
        return Diff.text("diff skipped: " + why, "", "");
    }

    /** As many tools decide it: there is a NUL byte. */
    static boolean binary(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
