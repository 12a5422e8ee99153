package bramble.modules.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A line of a file of known hosts (man sshd, SSH_KNOWN_HOSTS FILE FORMAT).
 *
 * @param marker {@code @cert-authority} or {@code @revoked}; empty for none
 * @param hosts names and patterns, separated by commas, or one hashed name
 * @param comment what follows the key
 */
record KnownHost(String marker, String hosts, String type, String key, String comment) {
    private static final String HASHED = "|1|";
    private static final int SALT = 20; // bytes, as many as the hash has

    /** The entry in a line; none in a comment, or where a part is missing. */
    static Optional<KnownHost> of(String line) {
        String[] words = line.strip().split("\\s+", -1);
        int first = words[0].startsWith("@") ? 1 : 0;
        if (words[0].startsWith("#") || words.length < first + 3) {
            return Optional.empty();
        }
        return Optional.of(new KnownHost(first == 1 ? words[0] : "", words[first], words[first + 1], words[first + 2],
                String.join(" ", Arrays.asList(words).subList(first + 3, words.length))));
    }

    boolean hashed() {
        return hosts.startsWith(HASHED);
    }

    /** Whether the line speaks of that host, as ssh would find it. */
    boolean isAbout(String host) {
        if (hashed()) {
            String[] parts = hosts.split("\\|", -1);
            return parts.length == 4 && hash(decoded(parts[2]), host).equals(parts[3]);
        }
        boolean found = false;
        for (String pattern : hosts.split(",", -1)) {
            boolean no = pattern.startsWith("!");
            if (matches(no ? pattern.substring(1) : pattern, host)) {
                if (no) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    private static boolean matches(String pattern, String host) {
        var regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(switch (c) {
                case '*' -> ".*";
                case '?' -> ".";
                default -> Pattern.quote(String.valueOf(c));
            });
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE).matcher(host).matches();
    }

    /** Whether it is that key, for the same purpose, whatever the host's name looks like. */
    boolean sameKey(KnownHost other) {
        return marker.equals(other.marker) && type.equals(other.type) && key.equals(other.key);
    }

    /** Whether a host can have only one of both: it has one key of a kind, but may have many that sign, or are revoked. */
    boolean rivals(KnownHost other) {
        return marker.isEmpty() ? other.marker.isEmpty() && type.equals(other.type) : sameKey(other);
    }

    /**
     * The same with the host's name hashed. The salt is made of what it is for: so that a dry run shows what is then written, while
     * no two files share one.
     *
     * @param file the text of the file before
     */
    KnownHost hashed(String host, String file) {
        byte[] salt = Arrays.copyOf(sha256(String.join("\0", host, type, key, file)), SALT);
        return new KnownHost(marker, HASHED + Base64.getEncoder().encodeToString(salt) + "|" + hash(salt, host), type,
                key, comment);
    }

    String line() {
        return (marker.isEmpty() ? "" : marker + " ") + hosts + " " + type + " " + key
                + (comment.isEmpty() ? "" : " " + comment);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    private static String hash(byte[] salt, String host) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(salt.length == 0 ? new byte[1] : salt, "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(host.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
