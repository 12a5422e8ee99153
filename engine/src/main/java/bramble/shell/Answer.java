package bramble.shell;

import bramble.value.EscapedBytes;

/**
 * What one piece printed, byte for byte, and its exit status.
 *
 * @param status 0 to 255, or {@link #NOT_RUN}, or {@link #TIMED_OUT}
 * @param cut whether more was printed than is kept; the end is missing then
 */
public record Answer(int status, byte[] out, byte[] err, boolean cut) {
    /** The status of a piece that was left out because an earlier one of its group failed. */
    public static final int NOT_RUN = -1;

    /** The status of a piece that was ended because its time was up: more than any exit status, for it was run and failed. */
    public static final int TIMED_OUT = 256;

    public Answer(int status, byte[] out, byte[] err) {
        this(status, out, err, false);
    }

    /** Standard output as UTF-8, in which any bytes stay what they are. */
    public String text() {
        return EscapedBytes.decode(out);
    }

    /** Standard error as UTF-8. */
    public String errors() {
        return EscapedBytes.decode(err);
    }

    public boolean ok() {
        return status == 0;
    }
}
