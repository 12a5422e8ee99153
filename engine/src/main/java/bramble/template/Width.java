package bramble.template;

/** How wide a template may make a text: what asks for more is refused before any of it is made. */
public final class Width {
    private static final int WIDEST = 50_000_000;

    private Width() {}

    /**
     * A width in characters.
     *
     * @throws TemplateException if no text may be as wide
     */
    public static int of(long width) {
        if (width > WIDEST) {
            throw new TemplateException("the text would be too long");
        }
        return (int) Math.max(width, Integer.MIN_VALUE);
    }

    /** A width that a format gives in digits; 0 for none. */
    public static int of(String digits) {
        return digits.isEmpty() ? 0 : of(digits.length() > 9 ? Long.MAX_VALUE : Long.parseLong(digits));
    }
}
