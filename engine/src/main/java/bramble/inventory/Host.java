package bramble.inventory;

/**
 * A host as the inventory sources describe it.
 *
 * @param origin the inventory source that named it first ({@code inventory_file}); empty for one that was added in a run
 * @param variables what the inventory sources themselves say about it, not what its groups or host_vars give
 * @param implicit whether it is the {@code localhost} that exists although nobody wrote it down
 */
public record Host(String name, String origin, Variables variables, boolean implicit) {
    /** The name up to the first dot. */
    public String shortName() {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
