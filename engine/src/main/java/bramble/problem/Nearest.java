package bramble.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the right name that a misspelt one was probably meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The closest of the names, if one is within a third of the word's length (at least one letter off). */
    public static Optional<String> to(String word, Collection<String> names) {
        int limit = Math.max(1, word.length() / 3);
        return names.stream().filter(name -> distance(word, name) <= limit)
                .min(Comparator.comparingInt(name -> distance(word, name)));
    }

    /** {@code Did you mean "x"?}, or nothing. */
    public static String hint(String word, Collection<String> names) {
        return to(word, names).map(name -> "Did you mean \"" + name + "\"?").orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
