package bramble.shell;

/**
 * One of the scripts that go to a shell together in one round trip. Each runs in a subshell of its own and has an answer
 * of its own.
 *
 * @param group a piece is left out if an earlier piece of the same group failed; pieces of group {@link #FREE} always run
 * @param input what the script reads from its standard input
 */
public record Piece(int group, Sh script, Content input) {
    /** The group of the pieces that run whatever happened before. */
    public static final int FREE = -1;

    public static Piece free(Sh script) {
        return new Piece(FREE, script, Content.none());
    }

    public static Piece in(int group, Sh script) {
        return new Piece(group, script, Content.none());
    }
}
