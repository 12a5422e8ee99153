package bramble.value;

/** Something was to be made of an {@link Unknown} value; what was to be made is unknown too. */
public final class UnknownValueException extends RuntimeException {
    /** @param why what would have to happen first */
    public UnknownValueException(String why) {
        super(why, null, false, false);
    }

    public String why() {
        return String.valueOf(getMessage());
    }
}
