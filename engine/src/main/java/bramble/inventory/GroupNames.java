package bramble.inventory;

/**
 * What becomes of characters in group names that names of variables can't have.
 *
 * @param replaced whether each becomes an underscore
 * @param told whether a warning says so
 */
public record GroupNames(boolean replaced, boolean told) {
    /** They stay, and a warning tells of them. */
    public static final GroupNames AS_WRITTEN = new GroupNames(false, true);
}
