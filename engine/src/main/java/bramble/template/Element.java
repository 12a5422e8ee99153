package bramble.template;

import java.util.List;

/** What a document is made of, in the order in which it is written out. */
sealed interface Element {
    /** Text as it stands. */
    record Data(String text) implements Element {}

    /** An expression that is printed. */
    record Output(Expression expression) implements Element {}

    /** A tag with what stands between it and the one that closes it. */
    record Tag(Statement statement, List<Element> body) implements Element {}
}
