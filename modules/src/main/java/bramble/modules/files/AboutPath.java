package bramble.modules.files;

import bramble.module.Fact;

/**
 * A fact about what is at one path. All of them are views of one tree: what an effect says about a path changes the
 * answers of all.
 */
public interface AboutPath<V extends Placed> extends Fact<V> {
    String path();
}
