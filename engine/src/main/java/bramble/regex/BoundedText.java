package bramble.regex;

/**
 * Text that counts how often it is looked at, and gives up. The only sure guard against an expression that needs
 * exponential time: the matcher itself can't be interrupted.
 */
final class BoundedText implements CharSequence {
    private static final long BASE = 30_000_000L;
    private static final long PER_CHARACTER = 2_000L;

    private final String text;
    private long left;

    /** With some seconds' worth of looks: no sensible expression needs a tenth of it. */
    BoundedText(String text) {
        this.text = text;
        this.left = BASE + PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new RegexException("Tried to match a regular expression, but it takes too long on this text of "
                    + text.length()
                    + " characters: it has nested repetitions that can match the same text in very many ways");
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
