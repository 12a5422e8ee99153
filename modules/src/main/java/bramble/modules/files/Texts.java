package bramble.modules.files;

import bramble.module.Diff;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files as texts: read without loss, and shown as differences. */
final class Texts {
    /** Ansible's {@code max_diff_size}: larger contents are not shown. */
    static final int SHOWN = 104_448;

    private Texts() {}

    /** UTF-8, or one character a byte if the bytes are no UTF-8. */
    static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** The bytes of a text that was made from the one that {@code origin} was decoded to. */
    static byte[] encode(String text, byte[] origin) {
        if (Arrays.equals(new String(origin, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), origin)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        // added text may hold characters beyond one byte: they go out as UTF-8, the file's own bytes as they were
        var out = new ByteArrayOutputStream();
        text.codePoints().forEach(point -> out.writeBytes(point < 256
                ? new byte[]{(byte) point}
                : Character.toString(point).getBytes(StandardCharsets.UTF_8)));
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
