package bramble.template;

/** A template that can't be read, with the offset at which reading stopped; becomes a {@link TemplateException}. */
final class SyntaxException extends RuntimeException {
    private final int at;
    private final String hint;

    SyntaxException(int at, String message) {
        this(at, message, "");
    }

    SyntaxException(int at, String message, String hint) {
        super(message, null, false, false);
        this.at = at;
        this.hint = hint;
    }

    int at() {
        return at;
    }

    String hint() {
        return hint;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
