package bramble.shell;

/**
 * One of the scripts that go to a shell together in one round trip. Each runs in a subshell of its own and has an answer
 * of its own.
 *
 * @param group a piece is left out if an earlier piece of the same group failed; pieces of group {@link #FREE} always run
 * @param input what the script reads from its standard input
 * @param takes whether the script takes its input itself, which saves a pipe: it must call {@code b_take BYTES} exactly once, whatever
 *     becomes of it, and read nothing else
 */
public record Piece(int group, Sh script, Content input, boolean takes) {
    /** The group of the pieces that run whatever happened before. */
    public static final int FREE = -1;

    public Piece(int group, Sh script, Content input) {
        this(group, script, input, false);
    }

    /** The same, that gets its input through a pipe of its own. */
    Piece fed() {
        return new Piece(group, script, input);
    }

    public static Piece free(Sh script) {
        return new Piece(FREE, script, Content.none());
    }

    public static Piece in(int group, Sh script) {
        return new Piece(group, script, Content.none());
    }
}
