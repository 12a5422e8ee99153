package bramble.modules.network;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file name that a server gives for what it sends.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6266">RFC 6266</a>
 */
final class Disposition {
    private static final Pattern PLAIN = Pattern
            .compile("(?i);\\s*filename\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]+))");
    private static final Pattern CODED = Pattern.compile("(?i);\\s*filename\\*\\s*=\\s*UTF-8'[^']*'([^;\\s]+)");

    private Disposition() {}

    /** Without any folders. */
    static Optional<String> fileName(List<WebRequest.Header> headers) {
        return headers.stream().filter(header -> header.is("content-disposition")).map(WebRequest.Header::value)
                .flatMap(value -> fileName(value).stream()).flatMap(name -> lastPart(name).stream()).findFirst();
    }

    /** The last part of a path, if a file can be called so. */
    static Optional<String> lastPart(String path) {
        return Optional.of(path.substring(path.lastIndexOf('/') + 1)).filter(
                name -> !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0);
    }

    private static Optional<String> fileName(String value) {
        Matcher coded = CODED.matcher(value);
        if (coded.find()) {
            try {
                return Optional.of(URLDecoder.decode(coded.group(1).replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException _) {
                // not coded as it says: the plain one, if there is one
            }
        }
        Matcher plain = PLAIN.matcher(value);
        return plain.find()
                ? Optional.of(plain.group(1) != null ? plain.group(1).replaceAll("\\\\(.)", "$1") : plain.group(2))
                : Optional.empty();
    }
}
