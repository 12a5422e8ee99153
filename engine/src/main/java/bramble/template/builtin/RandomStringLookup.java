package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.template.Extensions;
import bramble.template.Lookup;
import bramble.template.TemplateException;
import bramble.value.Text;
import com.google.auto.service.AutoService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** The lookup random_string of community.general: kinds of characters, and how many of each there are at least. */
@AutoService(Extensions.class)
public final class RandomStringLookup implements Extensions {
    private static final String SIMILAR = "il1LoO0";

    @Override
    public Map<String, Lookup> lookups() {
        return Map.of("random_string", (_, options, evaluation) -> List.of(new Text(text(options, evaluation))));
    }

    private record Kind(String option, String least, String letters) {}

    private static String text(Arguments options, Evaluation evaluation) {
        options.only("length", "upper", "lower", "numbers", "special", "min_upper", "min_lower", "min_numeric",
                "min_special", "override_special", "override_all", "ignore_similar_chars", "similar_chars", "base64",
                "seed");
        RandomGenerator generator = ListFilters.generator(options.optional(-1, "seed"));
        int length = options.integer(-1, "length", 8);
        String similar = LogicFilters.flag(options, "ignore_similar_chars", false)
                ? options.text(-1, "similar_chars", SIMILAR)
                : "";
        var chosen = new ArrayList<Character>();
        var alphabet = new StringBuilder();
        for (Kind kind : List.of(new Kind("upper", "min_upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                new Kind("lower", "min_lower", "abcdefghijklmnopqrstuvwxyz"),
                new Kind("numbers", "min_numeric", "0123456789"),
                new Kind("special", "min_special", options.text(-1, "override_special", Passwords.PUNCTUATION)))) {
            String letters = without(kind.letters, similar);
            if (LogicFilters.flag(options, kind.option, true)) {
                alphabet.append(letters);
            }
            pick(options.integer(-1, kind.least, 0), letters, generator, chosen);
        }
        String all = options.optional(-1, "override_all").map(evaluation::text).map(text -> without(text, similar))
                .orElse(alphabet.toString());
        pick(length - chosen.size(), all, generator, chosen);
        Collections.shuffle(chosen, Random.from(generator));
        var text = new StringBuilder();
        chosen.forEach(text::append);
        return LogicFilters.flag(options, "base64", false)
                ? Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8))
                : text.toString();
    }

    private static void pick(int count, String letters, RandomGenerator generator, List<Character> into) {
        if (count > 0 && letters.isEmpty()) {
            throw new TemplateException("random_string was given no characters to choose from");
        }
        for (int i = 0; i < count; i++) {
            into.add(letters.charAt(generator.nextInt(letters.length())));
        }
    }

    private static String without(String letters, String similar) {
        var kept = new StringBuilder();
        letters.chars().filter(c -> similar.indexOf(c) < 0).forEach(c -> kept.append((char) c));
        return kept.toString();
    }
}
