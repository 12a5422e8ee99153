package bramble.connection;

import java.util.regex.Pattern;

/** Patterns as ssh has them: {@code *} for any text, {@code ?} for any one character (man ssh_config, PATTERNS). */
final class SshPattern {
    private SshPattern() {}

    static boolean matches(String pattern, String text) {
        var regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(switch (c) {
                case '*' -> ".*";
                case '?' -> ".";
                default -> Pattern.quote(String.valueOf(c));
            });
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL).matcher(text).matches();
    }
}
