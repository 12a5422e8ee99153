package bramble.value;

/** Python's text forms of values: what {@code str()} and {@code repr()} print. */
public final class PythonText {
    private PythonText() {}

    /** What {@code str(value)} prints. */
    public static String of(Value value) {
        return value instanceof Text(String text) ? text : repr(value);
    }

    /** What {@code repr(value)} prints. */
    public static String repr(Value value) {
        return value.toString(); // the template language brings the real one
    }
}
