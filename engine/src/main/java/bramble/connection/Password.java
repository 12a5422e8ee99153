package bramble.connection;

/** A password or passphrase; printing it shows none of it. */
public record Password(String text) {
    @Override
    public String toString() {
        return "***";
    }
}
