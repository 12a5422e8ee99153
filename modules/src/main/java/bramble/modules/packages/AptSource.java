package bramble.modules.packages;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a list of apt's sources, as sources.list(5) has them in one-line style.
 *
 * @param enabled false where it is a comment
 * @param type deb or deb-src
 * @param options the words between brackets; empty for none
 * @param address where the packages are
 * @param rest the suite and the components
 */
record AptSource(boolean enabled, String type, String options, String address, String rest) {
    private static final Pattern LINE = Pattern.compile(
            "\\s*(?<off>#[#\\s]*)?(?<type>deb(?:-src)?)\\s+(?:\\[(?<options>[^]]*)]\\s*)?(?<address>\\S+:\\S+)\\s+(?<rest>[^#]*\\S)\\s*(?:#.*)?");

    /** The source in a line; nothing where there is none. */
    static Optional<AptSource> parse(String line) {
        Matcher parts = LINE.matcher(line);
        return parts.matches()
                ? Optional.of(new AptSource(parts.group("off") == null, parts.group("type"),
                        words(parts.group("options") == null ? "" : parts.group("options")), parts.group("address"),
                        words(parts.group("rest"))))
                : Optional.empty();
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** The line, switched on. */
    String line() {
        return type + (options.isEmpty() ? " " : " [" + options + "] ") + address + " " + rest;
    }

    /** Whether both say the same, switched on or off. */
    boolean same(AptSource other) {
        return line().equals(other.line());
    }

    /** The file that it comes into unless the task says another: the address, without what is no letter or digit. */
    String fileName() {
        String plain = address.replaceFirst("^\\w+://?(?:[^/@]*@)?", "");
        String words = plain.replaceAll("[^A-Za-z0-9]+", " ").strip();
        return words.replace(' ', '_');
    }
}
