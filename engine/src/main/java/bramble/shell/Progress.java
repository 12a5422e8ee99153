package bramble.shell;

/** Hears how far something large is on its way between here and a node, from whatever thread carries it. */
@FunctionalInterface
public interface Progress {
    /** Nobody listens. */
    Progress NONE = (_, _) -> {};

    /**
     * So far it is; this comes often.
     *
     * @param done in bytes
     * @param all how many bytes it has; 0 if nobody knows
     */
    void at(long done, long all);
}
