package bramble.modules.files;

import bramble.module.Fact;

/**
 * A fact about what is at one path. All of them are views of one tree: what an effect says about a path changes the
 * answers of all.
 */
public interface AboutPath<V extends Placed> extends Fact<V> {
    String path();

    /** Whether nothing can be at the path any more, because what is above it, by name, is no folder then. */
    default boolean cutOff(String changed, PathState state) {
        return NodePath.below(path(), changed)
                && !(state instanceof PathState.Directory || state instanceof PathState.Link);
    }
}
