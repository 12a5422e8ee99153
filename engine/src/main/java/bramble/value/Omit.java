package bramble.value;

/** The magic variable {@code omit}: an argument with this value counts as not given. */
public enum Omit implements Value {
    OMIT
}
