package bramble.modules.packages;

/**
 * A version of a Debian package: an epoch, what upstream calls it, and Debian's revision of that.
 *
 * @param text as dpkg writes it
 */
record DebianVersion(String text) implements Comparable<DebianVersion> {
    private String epoch() {
        int colon = text.indexOf(':');
        return colon < 0 ? "" : text.substring(0, colon);
    }

    private String upstream() {
        String rest = text.substring(text.indexOf(':') + 1);
        int dash = rest.lastIndexOf('-');
        return dash < 0 ? rest : rest.substring(0, dash);
    }

    private String revision() {
        int dash = text.lastIndexOf('-');
        return dash < 0 ? "" : text.substring(dash + 1);
    }

    @Override
    public int compareTo(DebianVersion other) {
        int first = numbers(epoch(), other.epoch());
        int second = first != 0 ? first : compare(upstream(), other.upstream());
        return second != 0 ? second : compare(revision(), other.revision());
    }

    /** Words and numbers take turns; a number is compared by its value, a word letter by letter. */
    private static int compare(String one, String two) {
        int i = 0;
        int j = 0;
        while (i < one.length() || j < two.length()) {
            while ((i < one.length() && !digit(one, i)) || (j < two.length() && !digit(two, j))) {
                int order = Integer.compare(weight(one, i), weight(two, j));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
            int startOne = i;
            int startTwo = j;
            while (digit(one, i)) {
                i++;
            }
            while (digit(two, j)) {
                j++;
            }
            int order = numbers(one.substring(startOne, i), two.substring(startTwo, j));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static boolean digit(String text, int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** A tilde comes before the end, letters after it, all else after the letters. */
    private static int weight(String text, int at) {
        if (at >= text.length() || digit(text, at)) {
            return 0;
        }
        char c = text.charAt(at);
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return c == '~' ? -1 : letter ? c : c + 256;
    }

    /** They may have more digits than any number type. */
    private static int numbers(String one, String two) {
        String first = one.replaceFirst("^0+", "");
        String second = two.replaceFirst("^0+", "");
        return first.length() == second.length()
                ? first.compareTo(second)
                : Integer.compare(first.length(), second.length());
    }
}
