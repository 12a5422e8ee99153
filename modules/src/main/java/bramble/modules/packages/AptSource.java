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

    /** What apt would complain about, reading it; then none of its lists can be read. */
    Optional<String> malformed() {
        String[] words = rest.split(" ", -1);
        for (String option : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
            if (!option.matches("[^=]+?[-+]?=.+")) {
                return Optional.of("the option " + option + " has no value: [" + option + "=...]");
            }
        }
        boolean path = words[0].endsWith("/");
        return path && words.length > 1
                ? Optional.of("behind a path, " + words[0] + ", no component may stand")
                : !path && words.length == 1
                        ? Optional.of(
                                "behind the suite " + words[0] + " a component is missing, as main; a path ends with /")
                        : Optional.empty();
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
