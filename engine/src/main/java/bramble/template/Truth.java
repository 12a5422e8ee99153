package bramble.template;

/**
 * What a condition comes to: true, false, or not to be known before a real run.
 *
 * @param why what would have to happen first; empty where it is known
 */
public record Truth(Kind kind, String why) {
    public static final Truth TRUE = new Truth(Kind.TRUE, "");
    public static final Truth FALSE = new Truth(Kind.FALSE, "");

    /** The three outcomes. */
    public enum Kind {
        TRUE,
        FALSE,
        UNKNOWN
    }

    public static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public static Truth unknown(String why) {
        return new Truth(Kind.UNKNOWN, why);
    }

    public boolean isTrue() {
        return kind == Kind.TRUE;
    }

    public boolean isFalse() {
        return kind == Kind.FALSE;
    }

    public boolean isUnknown() {
        return kind == Kind.UNKNOWN;
    }
}
