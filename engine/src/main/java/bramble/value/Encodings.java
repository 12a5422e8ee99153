package bramble.value;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Encodings of text, by the names that Python has for them: underscores and hyphens are the same. */
public final class Encodings {
    private static final Pattern ORDER = Pattern.compile("(utf-(?:16|32))-([bl]e)");

    private Encodings() {}

    /** The encoding of that name; none means UTF-8. Nothing for a name that no encoding has. */
    public static Optional<Charset> named(String name) {
        String plain = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        try {
            return Optional.of(switch (plain) {
                case "" -> StandardCharsets.UTF_8;
                case "latin-1" -> StandardCharsets.ISO_8859_1;
                default -> Charset.forName(ORDER.matcher(plain).replaceFirst("$1$2"));
            });
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
