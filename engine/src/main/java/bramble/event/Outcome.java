package bramble.event;

/** How a task ended on a host. */
public enum Outcome {
    /** The host was as desired. */
    OK,
    /** It was changed. */
    CHANGED,
    /** A dry run: it would be changed. */
    WOULD_CHANGE,
    /** A dry run can't tell; the result's {@code msg} says why. */
    UNDETERMINED,
    /** A condition didn't hold. */
    SKIPPED,
    /** It failed. */
    FAILED,
    /** The host could not be reached. */
    UNREACHABLE;

    public boolean bad() {
        return this == FAILED || this == UNREACHABLE;
    }
}
