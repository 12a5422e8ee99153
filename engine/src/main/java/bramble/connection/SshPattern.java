package bramble.connection;

import java.util.Locale;

/** Patterns as ssh has them: {@code *} for any text, {@code ?} for any one character (man ssh_config, PATTERNS). */
final class SshPattern {
    private SshPattern() {}

    static boolean matches(String pattern, String text) {
        return matches(pattern.toLowerCase(Locale.ROOT), 0, text.toLowerCase(Locale.ROOT), 0);
    }

    private static boolean matches(String pattern, int p, String text, int t) {
        if (p == pattern.length()) {
            return t == text.length();
        }
        char c = pattern.charAt(p);
        if (c == '*') {
            return matches(pattern, p + 1, text, t) || (t < text.length() && matches(pattern, p, text, t + 1));
        }
        return t < text.length() && (c == '?' || c == text.charAt(t)) && matches(pattern, p + 1, text, t + 1);
    }
}
