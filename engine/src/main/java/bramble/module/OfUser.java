package bramble.module;

/** A fact about a user of the node: an effect on it may be that one can become that user, who isn't there yet. */
public interface OfUser {
    /** Whether the value tells of that user. */
    boolean tells(String user, Object value);
}
