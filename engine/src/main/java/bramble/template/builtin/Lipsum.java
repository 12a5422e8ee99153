package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.TemplateException;
import bramble.value.Text;
import bramble.value.Value;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The global function {@code lipsum}: paragraphs of words that mean nothing, to fill a page with. */
final class Lipsum {
    private static final List<String> WORDS = List.of("ad", "adipiscing", "aliqua", "aliquip", "amet", "anim", "aute",
            "cillum", "commodo", "consectetur", "consequat", "culpa", "cupidatat", "deserunt", "dolor", "dolore",
            "duis",
            "eiusmod", "elit", "enim", "esse", "est", "excepteur", "exercitation", "fugiat", "incididunt", "ipsum",
            "irure", "labore", "laboris", "laborum", "lorem", "magna", "minim", "mollit", "nisi", "nostrud", "nulla",
            "occaecat", "officia", "pariatur", "proident", "quis", "reprehenderit", "sed", "sint", "sit", "sunt",
            "tempor", "ullamco", "velit", "veniam", "voluptate");
    private static final int MOST = 100_000;

    private Lipsum() {}

    static Value text(Arguments arguments) {
        arguments.only("n", "html", "min", "max");
        int paragraphs = arguments.integer(0, "n", 5);
        boolean html = arguments.bool(1, "html", true);
        int least = arguments.integer(2, "min", 20);
        int most = arguments.integer(3, "max", 100);
        if (least < 0 || least >= most || most > MOST || paragraphs > MOST / most) {
            throw new TemplateException(
                    "lipsum needs min below max, and makes at most " + MOST + " words; it was asked for "
                            + paragraphs + " paragraphs of " + least + " to " + most);
        }
        var random = new Random();
        return new Text(Stream.generate(() -> paragraph(random.nextInt(least, most), random))
                .limit(Math.max(0, paragraphs)).map(text -> html ? "<p>" + text + "</p>" : text)
                .collect(Collectors.joining(html ? "\n" : "\n\n")));
    }

    /** So many words in sentences; no word comes twice in a row. */
    private static String paragraph(int words, Random random) {
        var text = new StringBuilder();
        int last = -1;
        int left = 0; // of the sentence
        for (int i = 0; i < words; i++) {
            int next = random.nextInt(WORDS.size() - 1);
            last = next >= last && last >= 0 ? next + 1 : next;
            String word = WORDS.get(last);
            if (left == 0) {
                left = random.nextInt(5, 16);
                text.append(i == 0 ? "" : ". ").append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            } else {
                text.append(random.nextInt(8) == 0 ? ", " : " ").append(word);
            }
            left--;
        }
        return text.append(words == 0 ? "" : ".").toString();
    }
}
