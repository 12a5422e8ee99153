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

    /** The same password under another label; under the default one where that is empty. */
    Identity labelled(String other) {
        return new Identity(other.isEmpty() ? DEFAULT : other, new String(password));
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
