package bramble.value;

/** True or false. */
public enum Bool implements Value {
    TRUE(true),
    FALSE(false);

    private final boolean value;

    Bool(boolean value) {
        this.value = value;
    }

    public boolean value() {
        return value;
    }

    public static Bool of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
