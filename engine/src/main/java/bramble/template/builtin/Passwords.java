package bramble.template.builtin;

import bramble.problem.Source;
import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Python;
import bramble.template.TemplateException;
import bramble.value.Int;
import bramble.value.Text;
import bramble.value.Value;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.commons.codec.digest.Md5Crypt;
import org.apache.commons.codec.digest.Sha2Crypt;

/** Hashes passwords as {@code /etc/shadow} holds them. */
final class Passwords {
    /** ASCII's punctuation. */
    static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    static final String SALT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./";
    private static final int SHA_ROUNDS_WITHOUT_SAYING = 5000;

    private Passwords() {}

    static Value filter(Value input, Arguments arguments, Evaluation evaluation) {
        if (!(input instanceof Text || input instanceof Int)) { // "None" is no password that anybody meant
            throw new TemplateException("a password is a text, not a " + Python.type(input));
        }
        arguments.only("hashtype", "salt", "salt_size", "rounds", "ident");
        String salt = arguments.text(1, "salt", "");
        return new Text(hash(evaluation.text(input), arguments.text(0, "hashtype", "sha512"), salt,
                arguments.integer(2, "salt_size", -1), arguments.integer(3, "rounds", -1),
                arguments.text(4, "ident", "")));
    }

    /** Schemes that there are elsewhere, for which no user of a node logs in. */
    private static final Set<String> OTHERS = Set.of("msdcc", "msdcc2", "lmhash", "nthash", "mysql323", "mysql41",
            "mssql2000", "mssql2005", "oracle10", "oracle11", "postgres_md5", "cisco_pix", "cisco_type7");

    /**
     * The hash, with its scheme and salt in front.
     *
     * @param salt empty for a random one
     * @param saltSize of a random salt; negative for the scheme's usual one
     * @param rounds negative for the scheme's usual ones
     */
    static String hash(String password, String scheme, String salt, int saltSize, int rounds, String ident) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return switch (scheme) {
            case "sha512", "sha512_crypt" ->
                Sha2Crypt.sha512Crypt(bytes, "$6$" + rounds(rounds, 656_000) + salt(salt, saltSize, 16, 16));
            case "sha256", "sha256_crypt" ->
                Sha2Crypt.sha256Crypt(bytes, "$5$" + rounds(rounds, 535_000) + salt(salt, saltSize, 16, 16));
            case "md5", "md5_crypt" -> Md5Crypt.md5Crypt(bytes, "$1$" + salt(salt, saltSize, 8, 8));
            case "blowfish", "bcrypt" -> Bcrypt.hash(bytes, ident.isEmpty() ? "2b" : ident, rounds < 0 ? 12 : rounds,
                    salt(salt, saltSize, 22, 22));
            default -> throw new TemplateException(Source.NONE, OTHERS.contains(scheme)
                    ? scheme + " is not in the list of supported passlib algorithms: md5, blowfish, sha256, sha512"
                    : "password_hash does not support the algorithm '" + scheme + "'",
                    "Known are sha512, sha256, md5 and blowfish (bcrypt).");
        };
    }

    private static String rounds(int asked, int usual) {
        int rounds = asked < 0 ? usual : asked;
        if (rounds < 1000 || rounds > 999_999_999) {
            throw new TemplateException("rounds must be between 1000 and 999999999, not " + rounds);
        }
        return rounds == SHA_ROUNDS_WITHOUT_SAYING ? "" : "rounds=" + rounds + "$";
    }

    private static String salt(String given, int size, int usual, int longest) {
        String salt = given.isEmpty() ? random(size < 0 ? usual : size, SALT, new java.security.SecureRandom()) : given;
        if (salt.length() > longest) {
            throw new TemplateException("the salt must have at most " + longest + " characters, not " + salt.length());
        }
        if (salt.chars().anyMatch(c -> SALT.indexOf(c) < 0)) {
            throw new TemplateException("the salt has a character other than letters, digits, dot and slash");
        }
        return salt;
    }

    /** Some characters of an alphabet. */
    static String random(int length, String alphabet, RandomGenerator generator) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(generator.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
