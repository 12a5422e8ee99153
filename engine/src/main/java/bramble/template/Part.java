package bramble.template;

/** A piece of a template: text, an expression whose value is printed, or a tag. */
sealed interface Part {
    /** Text that is printed as it stands. */
    record Data(String text) implements Part {}

    /** What stands between <code>{{</code> and <code>}}</code>. */
    record Output(Expression expression) implements Part {}

    /**
     * What stands between <code>{%</code> and <code>%}</code>.
     *
     * @param start where the text after the name starts
     * @param end where it ends
     */
    record Tag(String name, int at, int start, int end) implements Part {}
}
