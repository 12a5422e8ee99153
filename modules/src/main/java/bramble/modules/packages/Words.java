package bramble.modules.packages;

import java.util.List;

/** Command lines as they are put together. */
final class Words {
    private Words() {}

    /** Adds the word if it is asked for. */
    static void flag(List<String> words, boolean given, String word) {
        if (given) {
            words.add(word);
        }
    }
}
