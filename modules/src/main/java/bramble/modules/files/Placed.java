package bramble.modules.files;

/** An answer that knows which place in the tree it is about. */
public interface Placed {
    /** The path with no link on the way to it. */
    String real();

    /** Whether there is nothing: what a package or a command brings along is unknown only there. */
    boolean missing();

    /** Whether it tells what a folder has in it, and so of what is at that path, too. */
    default boolean lists(String path) {
        return false;
    }

    /** Whether it is about what a folder has in it, itself or as a list. */
    default boolean inside(String folder) {
        return NodePath.below(real(), folder) || lists(NodePath.within(folder, "*"));
    }
}
