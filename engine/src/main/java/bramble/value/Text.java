package bramble.value;

/** Text as it stands. It is never evaluated as a template: what comes from a node is always this. */
public record Text(String value) implements Value {
    @Override
    public String toString() {
        return value;
    }
}
