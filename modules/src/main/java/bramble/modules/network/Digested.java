package bramble.modules.network;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digest authentication: the password isn't sent, but what only somebody who knows it can count.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7616">RFC 7616</a>
 */
final class Digested {
    private static final Pattern PAIR = Pattern.compile("(\\w+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]+))");

    private Digested() {}

    /** The header that answers the server's question; empty where it asks for no digest that is known here. */
    static Optional<WebRequest.Header> answer(WebRequest request, WebRequest.Login login, WebReply reply) {
        return reply.headers().stream()
                .filter(header -> header.is("www-authenticate")
                        && header.value().regionMatches(true, 0, "Digest ", 0, 7))
                .flatMap(header -> answer(request, login, header.value().substring(7)).stream()).findFirst();
    }

    private static Optional<WebRequest.Header> answer(WebRequest request, WebRequest.Login login, String asked) {
        Map<String, String> given = new HashMap<>();
        Matcher matcher = PAIR.matcher(asked);
        while (matcher.find()) {
            given.put(matcher.group(1).toLowerCase(Locale.ROOT),
                    matcher.group(2) != null ? matcher.group(2).replaceAll("\\\\(.)", "$1") : matcher.group(3));
        }
        String algorithm = given.getOrDefault("algorithm", "MD5");
        boolean session = algorithm.toLowerCase(Locale.ROOT).endsWith("-sess");
        String digest = session ? algorithm.substring(0, algorithm.length() - 5) : algorithm;
        String realm = given.getOrDefault("realm", "");
        String nonce = given.getOrDefault("nonce", "");
        String own = HexFormat.of().formatHex(random());
        String quality = given.getOrDefault("qop", "");
        boolean counted = given.containsKey("qop");
        if (counted && !quality.matches("(.*,)?\\s*auth\\s*(,.*)?")) {
            return Optional.empty();
        }
        try {
            String who = hex(digest, login.user() + ":" + realm + ":" + login.password());
            String secret = session ? hex(digest, who + ":" + nonce + ":" + own) : who;
            String what = hex(digest, request.method() + ":" + request.target());
            String response = hex(digest, counted
                    ? secret + ":" + nonce + ":00000001:" + own + ":auth:" + what
                    : secret + ":" + nonce + ":" + what);
            var header = new StringBuilder("Digest username=" + quoted(login.user()) + ", realm=" + quoted(realm)
                    + ", nonce=" + quoted(nonce) + ", uri=" + quoted(request.target()) + ", response="
                    + quoted(response));
            if (given.containsKey("algorithm")) {
                header.append(", algorithm=").append(algorithm);
            }
            if (given.containsKey("opaque")) {
                header.append(", opaque=").append(quoted(given.get("opaque")));
            }
            if (counted) {
                header.append(", qop=auth, nc=00000001");
            }
            if (counted || session) {
                header.append(", cnonce=").append(quoted(own));
            }
            return Optional.of(new WebRequest.Header("Authorization", header.toString()));
        } catch (NoSuchAlgorithmException _) {
            return Optional.empty();
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String hex(String algorithm, String text) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
