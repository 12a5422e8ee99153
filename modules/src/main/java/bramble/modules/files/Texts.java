package bramble.modules.files;

import bramble.module.Diff;
import bramble.value.EscapedBytes;

/** Files as texts that are shown as differences. */
final class Texts {
    /** Ansible's {@code max_diff_size}: larger contents are not shown. */
    static final int SHOWN = 104_448;

    private Texts() {}

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
        return Diff.text(header, EscapedBytes.decode(before), EscapedBytes.decode(after));
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
