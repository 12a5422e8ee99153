package bramble.image;

import bramble.problem.Problem;
import bramble.problem.ProblemException;
import bramble.problem.Source;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checksum of an image as it is published.
 *
 * @param algorithm its name in Java
 * @param hex in small letters
 * @param from who says so
 */
public record Checksum(String algorithm, String hex, String from) {
    private static final Map<Integer, String> BY_LENGTH = Map.of(64, "SHA-256", 128, "SHA-512", 40, "SHA-1", 32,
            "MD5");
    private static final int AT_ONCE = 1 << 20;

    /** Reads what stands behind {@code --checksum}: {@code sha256:HEX}, or the digits alone. */
    public static Checksum of(String text) {
        String hex = text.substring(text.indexOf(':') + 1).strip().toLowerCase(Locale.ROOT);
        String named = text.contains(":") ? text.substring(0, text.indexOf(':')).replace("-", "") : "";
        String algorithm = BY_LENGTH.getOrDefault(hex.length(), "");
        if (!hex.matches("[0-9a-f]+") || algorithm.isEmpty()
                || !(named.isEmpty() || named.equalsIgnoreCase(algorithm.replace("-", "")))) {
            throw new ProblemException(Problem.error(Source.NONE,
                    "Tried to read the checksum \"" + text + "\", but it is none.",
                    "Expected sha256: and 64 hexadecimal digits, or sha512: and 128."));
        }
        return new Checksum(algorithm, hex, "--checksum");
    }

    /** The one that is published beside an image, in a file of its own or in one for the whole folder. */
    public static Optional<Checksum> beside(Origin image) {
        for (String suffix : List.of(".sha256", ".sha256sum", ".sha512")) {
            String name = image.name() + suffix;
            Optional<String> text = image.beside(name).filter(one -> !one.stripLeading().startsWith("<")); // a page
            if (text.isPresent()) {
                return Optional.of(find(text.get(), image.name(), name, true).orElseThrow(() -> none(image, name)));
            }
        }
        for (String name : List.of("SHA256SUMS", "sha256sums", "SHA512SUMS")) {
            Optional<Checksum> found = image.beside(name).flatMap(text -> find(text, image.name(), name, false));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static ProblemException none(Origin image, String file) {
        return new ProblemException(Problem.error(Source.NONE,
                "Tried to read the checksum of " + image.shown() + " in " + file
                        + " beside it, but there is none of it.",
                "Fetch " + file + " anew, or name the checksum as published: --checksum sha256:HEX."));
    }

    private static final Pattern GNU = Pattern.compile("^([0-9a-fA-F]{64}|[0-9a-fA-F]{128})\\s+\\*?(?:.*/)?(.+?)$");
    private static final Pattern BSD = Pattern
            .compile("^\\w+ ?\\((?:.*/)?(.+)\\) ?= ?([0-9a-fA-F]{64}|[0-9a-fA-F]{128})$");

    /** @param own whether the file is about this image alone, and needs not name it, or may have the name it had before */
    private static Optional<Checksum> find(String text, String image, String file, boolean own) {
        boolean alone = own && text.lines().filter(line -> !line.isBlank()).count() == 1;
        for (String line : text.lines().map(String::strip).toList()) {
            Matcher gnu = GNU.matcher(line);
            Matcher bsd = BSD.matcher(line);
            String hex = gnu.matches() && (alone || gnu.group(2).equals(image))
                    ? gnu.group(1)
                    : bsd.matches() && (alone || bsd.group(1).equals(image))
                            ? bsd.group(2)
                            : own && line.matches("[0-9a-fA-F]{64}|[0-9a-fA-F]{128}") ? line : "";
            if (!hex.isEmpty()) {
                return Optional.of(new Checksum(BY_LENGTH.getOrDefault(hex.length(), ""),
                        hex.toLowerCase(Locale.ROOT), file));
            }
        }
        return Optional.empty();
    }

    MessageDigest digest() {
        return digest(algorithm);
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Refuses an image that has another one. */
    void check(Origin image, MessageDigest counted) {
        String found = HexFormat.of().formatHex(counted.digest());
        if (!found.equals(hex)) {
            throw new ProblemException(Problem.error(Source.NONE, "Tried to verify " + image.shown() + ", but its "
                    + shortName() + " is " + found + ", and " + from + " says " + hex + ".",
                    "Fetch the image anew, or name the checksum that belongs to it: --checksum."
                            + (image.name().matches("(?i).*\\.(xz|gz|zst|bz2|zip)")
                                    ? " It is that of the file, packed as it is."
                                    : "")));
        }
    }

    /** Reads all of an image, and refuses it if it has another checksum. */
    public void check(Origin image, LongConsumer progress) throws IOException {
        check(image, read(image, digest(), progress));
    }

    /** Reads all of an image that nobody has published a checksum of. */
    public static Checksum of(Origin image) throws IOException {
        return new Checksum("SHA-256", HexFormat.of().formatHex(read(image, digest("SHA-256"), _ -> {}).digest()),
                "the file itself");
    }

    private static MessageDigest read(Origin image, MessageDigest digest, LongConsumer progress) throws IOException {
        try (InputStream in = image.open()) {
            byte[] buffer = new byte[AT_ONCE];
            long done = 0;
            for (int n; (n = in.read(buffer)) >= 0;) {
                digest.update(buffer, 0, n);
                done += n;
                progress.accept(done);
            }
        }
        return digest;
    }

    private String shortName() {
        return algorithm.replace("-", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return shortName() + ":" + hex;
    }
}
