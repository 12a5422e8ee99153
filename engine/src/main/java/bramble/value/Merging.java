package bramble.value;

import java.util.LinkedHashMap;

/**
 * What becomes of two mappings that stand under one name at different levels.
 *
 * @see <a href="https://docs.ansible.com/ansible/latest/reference_appendices/config.html#default-hash-behaviour">hash_behaviour</a>
 */
public enum Merging {
    /** The stronger one alone counts. */
    REPLACE,
    /** The stronger one's entries are laid over those of the weaker one, at every depth. */
    MERGE;

    /** The variables of two levels together. */
    public MapValue over(MapValue stronger, MapValue weaker) {
        return this == REPLACE ? weaker.with(stronger) : merged(stronger, weaker);
    }

    private static MapValue merged(MapValue stronger, MapValue weaker) {
        var all = new LinkedHashMap<>(weaker.entries());
        stronger.entries().forEach((name, value) -> all.merge(name, value, (low, high) -> both(high, low)));
        return new MapValue(all);
    }

    private static Value both(Value stronger, Value weaker) {
        return stronger instanceof MapValue high && weaker instanceof MapValue low ? merged(high, low) : stronger;
    }
}
