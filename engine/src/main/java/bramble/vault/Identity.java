package bramble.vault;

/** A vault password and the label (vault id) under which it is known. */
public final class Identity {
    /** The label of a password that was given without one. */
    public static final String DEFAULT = "default";

    private final String label;
    private final char[] password;

    public Identity(String label, String password) {
        this.label = label;
        this.password = password.toCharArray();
    }

    public String label() {
        return label;
    }

    char[] password() {
        return password.clone();
    }

    /** The label; never the password. */
    @Override
    public String toString() {
        return label;
    }
}
