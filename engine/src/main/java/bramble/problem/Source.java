package bramble.problem;

/**
 * A place in a file that the user wrote.
 *
 * @param file as the user would name it; empty where something has no file (a command line flag, say)
 * @param line from 1; 0 where it is not known
 * @param column from 1; 0 where it is not known
 */
public record Source(String file, int line, int column) {
    /** Nowhere in particular. */
    public static final Source NONE = new Source("", 0, 0);

    public static Source file(String file) {
        return new Source(file, 0, 0);
    }

    /** The same file, some lines and columns further; for text that starts here and has lines of its own. */
    public Source plus(int lines, int columns) {
        return new Source(file, line + lines, lines == 0 ? column + columns : columns + 1);
    }

    /** {@code file:line:column}, as far as it is known. */
    @Override
    public String toString() {
        if (line == 0) {
            return file;
        }
        return column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
    }
}
