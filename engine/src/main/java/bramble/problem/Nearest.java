package bramble.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the right name that a misspelt one was probably meant to be. */
public final class Nearest {
    private Nearest() {}

    /**
     * The closest of the names, if one is within a third of the word's length (at least one slip off). A slip is a letter too
     * many, too few, or another, or two that changed places; capitals don't matter. For a single letter nothing is near.
     */
    public static Optional<String> to(String word, Collection<String> names) {
        return to(word, names, word.length() < 2 ? 0 : Math.max(1, word.length() / 3));
    }

    /** The closest of the names, if it is at most so many slips off. */
    public static Optional<String> to(String word, Collection<String> names, int limit) {
        return names.stream().filter(name -> !name.equals(word) && slips(word, name) <= limit)
                .min(Comparator.<String>comparingInt(name -> slips(word, name)).thenComparing(name -> name));
    }

    /** {@code Did you mean "x"?}, or nothing. */
    public static String hint(String word, Collection<String> names) {
        return to(word, names).map(name -> "Did you mean \"" + name + "\"?").orElse("");
    }

    private static int slips(String word, String name) {
        String a = word.toLowerCase(Locale.ROOT);
        String b = name.toLowerCase(Locale.ROOT);
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + other, 1 + Math.min(row[j - 1], last[j]));
                boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
                row[j] = swapped ? Math.min(row[j], before[j - 2] + 1) : row[j];
            }
            before = last;
            last = row;
        }
        return last[b.length()];
    }
}
