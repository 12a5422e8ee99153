package bramble.modules.keys;

/** When a key that is there may be made anew. */
public enum Regenerate {
    NEVER,
    FAIL,
    PARTIAL_IDEMPOTENCE,
    FULL_IDEMPOTENCE,
    ALWAYS
}
