package bramble.regex;

/** Tells what is wrong with a regular expression or a replacement, in the words and with the position that Python gives. */
public final class RegexException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RegexException(String message) {
        super(message);
    }

    /**
     * @param position of the character at fault, from 0
     */
    RegexException(String message, int position) {
        super(message + " at position " + position);
    }
}
