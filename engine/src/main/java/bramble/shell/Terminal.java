package bramble.shell;

/** Starts programs on a terminal of a node: they ask their questions as they would ask a person. */
@FunctionalInterface
public interface Terminal {
    /** None. */
    Terminal NONE = _ -> {
        throw new UnsupportedOperationException("there is no terminal");
    };

    /**
     * Runs a script in a POSIX shell of its own. What it prints, errors among it, comes out with carriage returns, as a terminal
     * gets it; what is typed isn't shown unless the script sees to it.
     *
     * @throws NoShellException if none can be had
     */
    Remote open(Sh script);
}
