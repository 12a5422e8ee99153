package bramble.template;

/**
 * A word of an expression.
 *
 * @param text the operator or name itself, a string's content, a number without underscores
 * @param at its offset in the text
 */
record Token(Kind kind, String text, int at) {
    enum Kind {
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean named(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
