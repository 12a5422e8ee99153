package bramble.cli;

/** A command line that can't be read; the message says what is wrong with it. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String asAnsible;
    private final int asAnsibleCode;

    UsageException(String message) {
        this(message, message);
    }

    /** @param asAnsible how Ansible's commands say the same */
    UsageException(String message, String asAnsible) {
        this(message, asAnsible, 2);
    }

    private UsageException(String message, String asAnsible, int asAnsibleCode) {
        super(message);
        this.asAnsible = asAnsible;
        this.asAnsibleCode = asAnsibleCode;
    }

    /** Flags that can be read, but don't go together: Ansible tells this apart. */
    static UsageException options(String message, String asAnsible) {
        return new UsageException(message, asAnsible, 5);
    }

    String asAnsible() {
        return asAnsible;
    }

    /** The exit code that Ansible's commands give. */
    int asAnsibleCode() {
        return asAnsibleCode;
    }
}
