package bramble.modules.databases;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Passwords as PostgreSQL keeps them: md5 of password and name, or SCRAM's keys (RFC 5803). */
final class PgPassword {
    private static final Pattern MD5 = Pattern.compile("md5[0-9a-f]{32}");
    private static final Pattern SCRAM = Pattern
            .compile("SCRAM-SHA-256\\$(\\d{1,7}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    private PgPassword() {}

    /** Whether it is a digest already, which the server takes as it is. */
    static boolean digested(String password) {
        return MD5.matcher(password).matches() || SCRAM.matcher(password).matches();
    }

    /** Whether what the server keeps is of that password of that user. */
    static boolean same(String kept, String password, String user) {
        Matcher scram = SCRAM.matcher(kept);
        if (kept.equals(password)) {
            return true;
        }
        if (digested(password)) {
            return false;
        }
        return MD5.matcher(kept).matches()
                ? kept.equals(md5(password, user))
                : scram.matches() && Base64.getEncoder().encodeToString(storedKey(password,
                        Base64.getDecoder().decode(scram.group(2)), Integer.parseInt(scram.group(1))))
                        .equals(scram.group(3));
    }

    private static String md5(String password, String user) {
        try {
            byte[] text = (password + user).getBytes(StandardCharsets.UTF_8);
            return "md5" + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] storedKey(String password, byte[] salt, int rounds) {
        try {
            String prepared = Normalizer.normalize(password, Normalizer.Form.NFKC);
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(prepared.toCharArray(), salt, rounds, 256)).getEncoded();
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salted, "HmacSHA256"));
            byte[] client = mac.doFinal("Client Key".getBytes(StandardCharsets.US_ASCII));
            return MessageDigest.getInstance("SHA-256").digest(client);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
