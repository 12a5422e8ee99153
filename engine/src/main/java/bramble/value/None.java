package bramble.value;

/** Python's None, YAML's null. */
public enum None implements Value {
    NONE
}
