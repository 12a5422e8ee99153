package bramble.modules.files;

/** Whether a thing is to be there. */
public enum Presence {
    PRESENT,
    ABSENT
}
