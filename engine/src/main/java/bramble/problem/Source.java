package bramble.problem;

import java.util.List;

/**
 * A place in a file that the user wrote.
 *
 * @param file as the user would name it; empty where something has no file (a command line flag, say)
 * @param line from 1; 0 where it is not known
 * @param column from 1; 0 where it is not known
 * @param folds where the lines stand of a text that starts here, if they are indented or joined in the file
 */
public record Source(String file, int line, int column, List<Fold> folds) {
    /** Nowhere in particular. */
    public static final Source NONE = new Source("", 0, 0);

    public Source(String file, int line, int column) {
        this(file, line, column, List.of());
    }

    /**
     * From where on a text stands on another line of the file.
     *
     * @param lines the text's line, from 0
     * @param columns its column there, from 0
     * @param line the file's line
     * @param column its column
     */
    public record Fold(int lines, int columns, int line, int column) {
        private boolean before(int atLines, int atColumns) {
            return lines == atLines && columns <= atColumns;
        }
    }

    public static Source file(String file) {
        return new Source(file, 0, 0);
    }

    /** The same file, some lines and columns further; for text that starts here and has lines of its own. */
    public Source plus(int lines, int columns) {
        for (Fold fold : folds.reversed()) {
            if (fold.before(lines, columns)) {
                return new Source(file, fold.line(), fold.column() + columns - fold.columns());
            }
        }
        return new Source(file, line + lines, lines == 0 ? column + columns : columns + 1,
                lines == 0 && columns == 0 ? folds : List.of());
    }

    /** Places are the same wherever a text goes on that starts there. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Source source && file.equals(source.file) && line == source.line
                && column == source.column;
    }

    @Override
    public int hashCode() {
        return (file.hashCode() * 31 + line) * 31 + column;
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
