package bramble.template.builtin;

import bramble.template.Arguments;
import bramble.template.Evaluation;
import bramble.value.None;
import bramble.value.Text;
import bramble.value.Value;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes links of the addresses in a text. */
final class Links {
    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final Pattern ADDRESS = Pattern.compile(
            "(https?://|www\\.)?([\\w-]+\\.)*[\\w-]+\\.[a-zA-Z]{2,}(:\\d+)?(/\\S*)?|https?://[\\w-]+(:\\d+)?(/\\S*)?");
    private static final Pattern MAIL = Pattern.compile("(mailto:)?[^@\\s<>]+@[\\w-]+(\\.[\\w-]+)+");

    private Links() {}

    static Value filter(Value input, Arguments arguments, Evaluation evaluation) {
        arguments.only("trim_url_limit", "nofollow", "target", "rel", "extra_schemes");
        int limit = arguments.integer(0, "trim_url_limit", Integer.MAX_VALUE);
        var relations = new TreeSet<String>();
        relations.add("noopener");
        if (arguments.bool(1, "nofollow", false)) {
            relations.add("nofollow");
        }
        arguments.optional(3, "rel").filter(rel -> rel != None.NONE)
                .ifPresent(rel -> relations.addAll(java.util.List.of(evaluation.text(rel).split(" "))));
        String attributes = " rel=\"" + String.join(" ", relations) + "\"" + arguments.optional(2, "target")
                .filter(target -> target != None.NONE).map(target -> " target=\"" + evaluation.text(target) + "\"")
                .orElse("");
        return new Text(WORD.matcher(evaluation.text(input))
                .replaceAll(word -> Matcher.quoteReplacement(linked(word.group(), limit, attributes))));
    }

    private static String linked(String word, int limit, String attributes) {
        int from = 0;
        int to = word.length();
        while (from < to && "(<".indexOf(word.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && ".,)>".indexOf(word.charAt(to - 1)) >= 0) {
            to--;
        }
        String middle = word.substring(from, to);
        String shown = TextFilters.escaped(middle.length() > limit ? middle.substring(0, limit) + "..." : middle);
        String target = TextFilters.escaped(middle);
        String link = shown;
        if (MAIL.matcher(middle).matches()) {
            link = "<a href=\"" + (target.startsWith("mailto:") ? "" : "mailto:") + target + "\">"
                    + (shown.startsWith("mailto:") ? shown.substring(7) : shown) + "</a>";
        } else if (ADDRESS.matcher(middle).matches() && (middle.startsWith("http") || middle.startsWith("www.")
                || middle.matches(".*\\.(com|net|int|edu|gov|org|info|mil)(/.*)?"))) {
            link = "<a href=\"" + (target.startsWith("http") ? "" : "https://") + target + "\"" + attributes + ">"
                    + shown
                    + "</a>";
        }
        return TextFilters.escaped(word.substring(0, from)) + link + TextFilters.escaped(word.substring(to));
    }
}
