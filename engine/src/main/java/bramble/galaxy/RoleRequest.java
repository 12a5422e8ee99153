package bramble.galaxy;

import java.util.Locale;
import java.util.Optional;

/**
 * A role that somebody wants.
 *
 * @param src its name on a Galaxy server, or where it is
 * @param scm {@code git}, or empty
 * @param version a tag, branch, commit or version; empty for the newest
 * @param name what it is called once it is here
 */
public record RoleRequest(String src, Optional<String> scm, Optional<String> version, String name) {

    /** From {@code src[,version[,name]]}. */
    public static RoleRequest of(String text) {
        String[] parts = text.split(",", 3);
        return of(parts[0].strip(), Optional.empty(), part(parts, 1), part(parts, 2));
    }

    private static Optional<String> part(String[] parts, int index) {
        return parts.length > index
                ? Optional.of(parts[index].strip()).filter(part -> !part.isEmpty())
                : Optional.empty();
    }

    /** Finds out what is not said: that it is git, and the name. */
    public static RoleRequest of(String src, Optional<String> scm, Optional<String> version, Optional<String> name) {
        boolean plus = src.matches("(git|hg)\\+.*");
        String from = plus ? src.substring(src.indexOf('+') + 1) : src;
        boolean git = from.startsWith("git@") || from.startsWith("ssh://") || from.startsWith("git://")
                || from.endsWith(".git") || (from.matches("https?://github\\.com/.*") && !isArchive(from));
        Optional<String> how = plus
                ? Optional.of(src.substring(0, src.indexOf('+')))
                : scm.or(() -> git ? Optional.of("git") : Optional.empty());
        return new RoleRequest(from, how, version, name.orElseGet(() -> nameOf(from)));
    }

    static boolean isArchive(String text) {
        return text.toLowerCase(Locale.ROOT).matches(".*\\.(tar|tgz|tar\\.(gz|bz2|xz)|tbz2?|txz|zip)([?#].*)?");
    }

    private static String nameOf(String src) {
        if (!src.contains("/") && !src.contains("@")) {
            return src;
        }
        String last = src.replaceFirst("[?#].*$", "").replaceFirst("/+$", "").replaceFirst("^.*[/:]", "");
        return last.replaceFirst("\\.git$", "").replaceFirst("\\.tar\\.gz$", "");
    }

    /** With the version, where there is one. */
    @Override
    public String toString() {
        return name + version.map(text -> " (" + text + ")").orElse("");
    }
}
