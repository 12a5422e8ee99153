package bramble.modules.files;

/** An answer that knows which place in the tree it is about. */
public interface Placed {
    /** The path with no link on the way to it. */
    String real();

    /** Whether there is nothing: what a package or a command brings along is unknown only there. */
    boolean missing();
}
