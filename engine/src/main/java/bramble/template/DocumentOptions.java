package bramble.template;

/**
 * How a document is read and written; the settings of Ansible's template module.
 *
 * @param trimBlocks the first newline after a block tag is removed
 * @param lstripBlocks white space before a block tag at the start of a line is removed
 * @param newlineSequence what each newline of the result is written as
 * @param keepTrailingNewline whether a newline at the end of the document stays
 */
public record DocumentOptions(boolean trimBlocks, boolean lstripBlocks, String newlineSequence,
        boolean keepTrailingNewline, Delimiters delimiters) {
    /** What template files are read with unless the task says otherwise. */
    public static final DocumentOptions FILE = new DocumentOptions(true, false, "\n", true, Delimiters.JINJA);

    /** What templates inside YAML are read with. */
    public static final DocumentOptions INLINE = new DocumentOptions(true, false, "\n", true, Delimiters.JINJA);

    public DocumentOptions with(Delimiters others) {
        return new DocumentOptions(trimBlocks, lstripBlocks, newlineSequence, keepTrailingNewline, others);
    }

    /**
     * What opens and closes expressions, blocks and comments.
     *
     * @param lineStatement what makes the rest of its line a tag; empty where nothing does
     * @param lineComment what makes the rest of its line a comment; empty where nothing does
     */
    public record Delimiters(String variableStart, String variableEnd, String blockStart, String blockEnd,
            String commentStart, String commentEnd, String lineStatement, String lineComment) {
        public static final Delimiters JINJA = new Delimiters("{{", "}}", "{%", "%}", "{#", "#}");

        public Delimiters(String variableStart, String variableEnd, String blockStart, String blockEnd,
                String commentStart, String commentEnd) {
            this(variableStart, variableEnd, blockStart, blockEnd, commentStart, commentEnd, "", "");
        }
    }
}
