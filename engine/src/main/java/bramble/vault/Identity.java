package bramble.vault;

import java.nio.charset.StandardCharsets;

/** A vault password and the label (vault id) under which it is known. A password is bytes: a file may hold any. */
public final class Identity {
    /** The label of a password that was given without one. */
    public static final String DEFAULT = "default";

    private final String label;
    private final byte[] password;

    public Identity(String label, String password) {
        this(label, password.getBytes(StandardCharsets.UTF_8));
    }

    Identity(String label, byte[] password) {
        this.label = label;
        this.password = password.clone();
    }

    /** The same password under another label; under the default one where that is empty. */
    Identity labelled(String other) {
        return new Identity(other.isEmpty() ? DEFAULT : other, password);
    }

    public String label() {
        return label;
    }

    byte[] password() {
        return password.clone();
    }

    /** The label; never the password. */
    @Override
    public String toString() {
        return label;
    }
}
