package bramble.modules.users;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a file of authorized keys, as sshd reads it.
 *
 * @param options as they stand, empty for none
 */
record AuthorizedKey(String options, String type, String key, String comment) {
    private static final Pattern KEY = Pattern.compile(
            "((?:sk-)?(?:ssh|ecdsa)-[A-Za-z0-9@.-]+)\\s+([A-Za-z0-9+/=]+)(?:\\s+(.*))?");

    /** The key in a line; none in a comment or where sshd would find none. */
    static Optional<AuthorizedKey> of(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return Optional.empty();
        }
        int start = 0;
        Matcher matcher = KEY.matcher(text);
        if (!matcher.lookingAt()) {
            start = optionsEnd(text);
            if (!matcher.region(start, text.length()).lookingAt()) {
                return Optional.empty();
            }
        }
        String comment = matcher.group(3) == null ? "" : matcher.group(3).strip();
        return Optional
                .of(new AuthorizedKey(text.substring(0, start).strip(), matcher.group(1), matcher.group(2), comment));
    }

    /** Where the options end: at the first white space outside quotes. */
    private static int optionsEnd(String text) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && Character.isWhitespace(c)) {
                while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
                    i++;
                }
                return i;
            }
        }
        return text.length();
    }

    boolean same(AuthorizedKey other) {
        return type.equals(other.type) && key.equals(other.key);
    }

    String line() {
        return (options.isEmpty() ? "" : options + " ") + type + " " + key + (comment.isEmpty() ? "" : " " + comment);
    }
}
